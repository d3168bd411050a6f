package dev.sluice.node.api;

import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.stack.ClosedCopies;
import dev.sluice.node.stack.ClosedCopies.ClosedCopy;
import dev.sluice.node.stack.ExportFacts;
import dev.sluice.node.stack.ExportOrder;
import dev.sluice.node.stack.Exports;
import dev.sluice.node.stack.Hydrations;
import dev.sluice.node.stack.OfferedMaps;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What reconciling an export asks of the devices. */
public interface ExportWork {
    ExportFacts serve(ExportOrder order);

    void stop(String name);

    Optional<ClosedCopy> findClosed(String volume, long successor);

    /**
     * @param to the node that goes on with the copy
     * @param ordered false when the order was taken back meanwhile
     */
    Optional<ClosedCopy> close(String volume, String pool, long successor, String to, Supplier<Boolean> ordered);

    /** @param upstream how to reach what the copy itself still hydrates from; null when unknown */
    ExportFacts serveClosed(ExportOrder order, long successor, @Nullable IscsiLogin upstream);

    /** Bytes of the hashes of what is served; empty while they are being made. */
    OptionalLong offerDigests(ExportOrder order, long successor, String exportUid, long bytes);

    /** What was ever used of what is served, or that it cannot be told; empty while it is not known. */
    Optional<String> usedMap(OfferedMaps.Served served);

    void release(String export, String volume, String pool, long successor, String lvUuid);

    /** Bytes that were read of it since it is served; empty when it is not. */
    OptionalLong bytesServed(String export);

    static ExportWork of(Exports exports, OfferedMaps maps, ClosedCopies copies, Hydrations hydrations) {
        return new ExportWork() {
            @Override
            public ExportFacts serve(ExportOrder order) {
                return exports.serve(order);
            }

            @Override
            public void stop(String name) {
                maps.forget(name);
                exports.stop(name);
            }

            @Override
            public Optional<ClosedCopy> findClosed(String volume, long successor) {
                return copies.find(volume, successor);
            }

            @Override
            public Optional<ClosedCopy> close(
                    String volume, String pool, long successor, String to, Supplier<Boolean> ordered) {
                Optional<ClosedCopy> closed = copies.close(volume, pool, successor, to, ordered);
                closed.ifPresent(copy -> hydrations.forget(volume));
                return closed;
            }

            @Override
            public ExportFacts serveClosed(ExportOrder order, long successor, @Nullable IscsiLogin upstream) {
                return copies.serve(order, successor, upstream);
            }

            @Override
            public OptionalLong offerDigests(ExportOrder order, long successor, String exportUid, long bytes) {
                return copies.offerDigests(order, successor, exportUid, bytes);
            }

            @Override
            public Optional<String> usedMap(OfferedMaps.Served served) {
                return maps.offer(served);
            }

            @Override
            public void release(String export, String volume, String pool, long successor, String lvUuid) {
                maps.forget(export);
                copies.release(export, volume, pool, successor, lvUuid);
            }

            @Override
            public OptionalLong bytesServed(String export) {
                return exports.bytesServed(export);
            }
        };
    }
}
