package dev.sluice.node.api;

import dev.sluice.api.Allocation;
import dev.sluice.api.VolumeSpec;
import dev.sluice.node.stack.Hydrations;
import dev.sluice.node.stack.VolumeOrder;
import dev.sluice.node.stack.VolumeOutcome;
import dev.sluice.node.stack.VolumeStacks;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What reconciling a volume asks of the devices. */
public interface VolumeWork {
    /** @param allocated told as soon as the logical volume exists */
    VolumeOutcome bring(VolumeOrder order, Consumer<VolumeOutcome> allocated);

    void follow(VolumeOrder order, VolumeOutcome outcome);

    void remove(String id, VolumeSpec spec, @Nullable Allocation allocated);

    static VolumeWork of(VolumeStacks stacks, Hydrations hydrations) {
        return new VolumeWork() {
            @Override
            public VolumeOutcome bring(VolumeOrder order, Consumer<VolumeOutcome> allocated) {
                return stacks.bring(order, allocated);
            }

            @Override
            public void follow(VolumeOrder order, VolumeOutcome outcome) {
                hydrations.follow(order, outcome);
            }

            @Override
            public void remove(String id, VolumeSpec spec, @Nullable Allocation allocated) {
                hydrations.forget(id);
                stacks.remove(id, spec, allocated);
            }
        };
    }
}
