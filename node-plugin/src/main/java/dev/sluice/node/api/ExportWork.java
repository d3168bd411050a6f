package dev.sluice.node.api;

import dev.sluice.node.stack.ExportFacts;
import dev.sluice.node.stack.ExportOrder;
import dev.sluice.node.stack.Exports;

/** What reconciling an export asks of the devices. */
public interface ExportWork {
    ExportFacts serve(ExportOrder order);

    void stop(String name);

    static ExportWork of(Exports exports) {
        return new ExportWork() {
            @Override
            public ExportFacts serve(ExportOrder order) {
                return exports.serve(order);
            }

            @Override
            public void stop(String name) {
                exports.stop(name);
            }
        };
    }
}
