package dev.sluice.node.api;

import dev.sluice.api.DesiredState;
import dev.sluice.api.Export;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeSpec;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.stack.ClosedCopies.ClosedCopy;
import dev.sluice.node.stack.ExportFacts;
import dev.sluice.node.stack.ExportOrder;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Volumes that leave this node. The order is an Export of the volume itself; the answer to it is this node's consent, which is for ever. */
final class Departures {
    private static final Logger log = LoggerFactory.getLogger(Departures.class);

    private final NodeClusterAccess cluster;
    private final ExportWork work;
    private final SourceLogins sources;
    private final PeerInventories inventories;

    Departures(NodeClusterAccess cluster, ExportWork work, SourceLogins sources, PeerInventories inventories) {
        this.cluster = cluster;
        this.work = work;
        this.sources = sources;
        this.inventories = inventories;
    }

    /** @param order makes the order to serve, from the pool of the copy */
    ExportStatus serve(Export export, ExportSpec spec, Function<String, ExportOrder> order) {
        String volume = spec.source();
        String pool = pool(volume);
        Optional<ClosedCopy> known = work.findClosed(volume, spec.epoch());
        known.ifPresent(copy -> requireSame(spec, copy));
        ClosedCopy copy = known.or(
                        () -> work.close(volume, pool, spec.epoch(), spec.clientNode(), () -> isOrdered(export)))
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.UNAVAILABLE,
                        "the move of volume " + volume + " was taken back, or is not ordered yet"));
        if (copy.empty()) {
            return status(ServedPhase.READY, null, copy, spec.epoch());
        }
        IscsiLogin upstream = sources.find(volume, copy.epoch()).orElse(null);
        ExportOrder served = order.apply(pool);
        ExportFacts facts = work.serveClosed(served, spec.epoch(), upstream);
        ExportStatus status = status(ServedPhase.READY, facts, copy, spec.epoch());
        if (!Boolean.TRUE.equals(spec.digests())) {
            return UsedMaps.told(work, export, pool, Names.copy(volume, copy.epoch()), status);
        }
        OptionalLong digests =
                offerDigests(served, spec.epoch(), export.getMetadata().getUid(), facts.sizeBytes());
        return digests.isPresent() ? status.withDigests(digests.getAsLong()) : status;
    }

    /** What is served does not wait for them, nor fail with them. */
    private OptionalLong offerDigests(ExportOrder order, long epoch, String exportUid, long bytes) {
        try {
            return work.offerDigests(order, epoch, exportUid, bytes);
        } catch (SluiceException e) {
            log.warn("the hashes of volume {} are not served: {}", order.source(), e.getMessage());
            return OptionalLong.empty();
        }
    }

    /** What was given up to one node is never given up to another: the first may have written since. */
    private static void requireSame(ExportSpec spec, ClosedCopy copy) {
        if (copy.to() != null && !copy.to().equals(spec.clientNode())) {
            throw new SluiceException(
                    ErrorKind.OUTDATED,
                    "the copy of volume " + spec.source() + " on this node was given up to node " + copy.to()
                            + " for epoch " + spec.epoch() + ", and the order names node " + spec.clientNode()
                            + ": it is older than that, as from a backup");
        }
    }

    /** True when nothing of this departure is left here; false when it was decided already, and so goes on. */
    boolean end(Export export, ExportSpec spec) {
        String release = spec.release();
        if (release == null) {
            return work.findClosed(spec.source(), spec.epoch()).isEmpty();
        }
        String name = export.getMetadata().getName();
        work.release(name, spec.source(), pool(spec.source()), spec.epoch(), release);
        return true;
    }

    /** The same status, with what this node gave up, if it did. */
    ExportStatus explain(ExportSpec spec, ExportStatus status) {
        return work.findClosed(spec.source(), spec.epoch())
                .map(copy -> new ExportStatus(
                        status.phase(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        spec.epoch(),
                        copy.lvUuid(),
                        copy.empty(),
                        status.reason(),
                        status.message()))
                .orElse(status);
    }

    /** Read live, under the volume's lock: a cache may not know yet that a move was taken back, or that a pod came. */
    private boolean isOrdered(Export export) {
        ExportSpec spec = export.getSpec();
        String volume = spec.source();
        if (cluster.isAttached(volume)) {
            throw new SluiceException(
                    ErrorKind.IN_USE, "a pod on this node still uses volume " + volume + ", or has just asked for it");
        }
        boolean stands = cluster.findExport(export.getMetadata().getName())
                .filter(live ->
                        live.getMetadata().getUid().equals(export.getMetadata().getUid()))
                .map(Export::getSpec)
                .filter(live -> live.state() == DesiredState.PRESENT)
                .isPresent();
        Optional<VolumeSpec> leaving =
                cluster.findVolume(volume).map(Volume::getSpec).filter(live -> stands && isLeaving(live, spec));
        leaving.ifPresent(live -> inventories.requireCurrent(volume, live));
        return leaving.isPresent();
    }

    private boolean isLeaving(VolumeSpec volume, ExportSpec spec) {
        return volume.home().equals(cluster.node())
                && spec.clientNode().equals(volume.target())
                && volume.epoch() + 1 == spec.epoch()
                && volume.state() == DesiredState.PRESENT;
    }

    private String pool(String volume) {
        return cluster.findVolume(volume)
                .map(Volume::getSpec)
                .map(VolumeSpec::pool)
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.UNAVAILABLE,
                        "the object of volume " + volume + " is gone; what is here of it is kept as it is"));
    }

    private static ExportStatus status(ServedPhase phase, @Nullable ExportFacts facts, ClosedCopy copy, long epoch) {
        return new ExportStatus(
                phase,
                facts == null ? null : facts.portal(),
                facts == null ? null : facts.iqn(),
                facts == null ? null : (Integer) facts.lun(),
                facts == null ? null : facts.serial(),
                facts == null ? null : (Long) facts.sizeBytes(),
                epoch,
                copy.lvUuid(),
                copy.empty(),
                null,
                null);
    }
}
