package dev.sluice.controller.domain;

import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.SnapshotMove;
import dev.sluice.api.SnapshotMove.Left;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a snapshot from a node that is emptied. It never changes, so nobody has to agree: it is copied, its home changes when the copy
 * is whole, and what is left behind goes when nobody reads it. Level-triggered; who begins is {@link Evacuations}.
 */
final class SnapshotMoves {
    private static final Logger log = LoggerFactory.getLogger(SnapshotMoves.class);

    private final Registry registry;
    private final SnapshotCopies copies;
    private final Dependants dependants;

    SnapshotMoves(Registry registry, SnapshotCopies copies) {
        this.registry = registry;
        this.copies = copies;
        this.dependants = new Dependants(registry);
    }

    /** Brings the snapshot as far as it can go now. */
    void advance(String id) {
        try {
            registry.snapshots().find(id).ifPresent(this::advance);
        } catch (SluiceException e) {
            if (e.kind() != ErrorKind.BUSY) {
                throw e;
            }
            // Someone else wrote first; the event of that write brings us back.
            log.debug("the move of snapshot {} was overtaken: {}", id, e.getMessage());
        }
    }

    private void advance(Stored<SnapshotSpec, SnapshotStatus> snapshot) {
        SnapshotSpec spec = snapshot.spec();
        SnapshotMove move = spec.move();
        if (spec.target() != null) {
            copy(snapshot, spec.target());
        } else if (move != null && move.left() != null) {
            leave(snapshot, move, move.left());
        } else if (move != null) {
            order(snapshot, move).ifPresent(registry.exports()::forget);
        }
    }

    private void copy(Stored<SnapshotSpec, SnapshotStatus> snapshot, String target) {
        Optional<Stored<VolumeSpec, VolumeStatus>> copy = copies.find(snapshot.key(), target);
        if (!isWanted(snapshot, target) || copy.filter(SnapshotMoves::isOver).isPresent()) {
            copies.discard(snapshot.key(), target);
            registry.snapshots().replace(snapshot, snapshot.spec().withTarget(null));
        } else if (copy.isEmpty()) {
            copies.create(snapshot, target);
        } else if (Sources.isWhole(copy.get())) {
            registry.snapshots().replace(snapshot, snapshot.spec().moved(moved(snapshot, copy.get())));
            log.info("snapshot {} is on node {} now", snapshot.key(), target);
        }
    }

    /** What is copied while both nodes stay as they were found. A former home that is away is waited for: nobody else has the bytes. */
    private boolean isWanted(Stored<SnapshotSpec, SnapshotStatus> snapshot, String target) {
        SnapshotSpec spec = snapshot.spec();
        boolean emptied =
                registry.nodes().find(spec.node()).map(NodeView::evacuating).orElse(false);
        return spec.state() == DesiredState.PRESENT
                && emptied
                && isWhole(snapshot)
                && registry.nodes()
                        .find(target)
                        .filter(node -> NodeFitness.unfitness(node, SnapshotCopies.specify(snapshot, target, ""))
                                .isEmpty())
                        .isPresent();
    }

    /** Whether it is there with all its bytes, and its present home has told so. */
    static boolean isWhole(Stored<SnapshotSpec, SnapshotStatus> snapshot) {
        SnapshotStatus status = snapshot.status();
        return status != null && status.whole() && !snapshot.spec().isOfFormerHome(status);
    }

    /** It could not be made, or is ordered away. */
    private static boolean isOver(Stored<VolumeSpec, VolumeStatus> copy) {
        VolumeStatus status = copy.status();
        return copy.spec().state() == DesiredState.ABSENT
                || status != null && status.phase() == VolumePhase.FAILED && status.allocated() == null;
    }

    private static SnapshotMove moved(
            Stored<SnapshotSpec, SnapshotStatus> snapshot, Stored<VolumeSpec, VolumeStatus> copy) {
        SnapshotStatus status = Objects.requireNonNull(snapshot.status(), "only what was taken is copied");
        return new SnapshotMove(
                snapshot.spec().epoch() + 1,
                copy.key(),
                Objects.requireNonNull(status.creationTime(), "what was taken has its instant"),
                new Left(
                        snapshot.spec().node(),
                        Objects.requireNonNull(status.lvUuid(), "what was taken has a logical volume")));
    }

    /**
     * What was copied goes when the new home has a snapshot of its own of it, what is left behind when nobody reads that any more. Both are
     * remembered by the object until they are ordered away.
     */
    private void leave(Stored<SnapshotSpec, SnapshotStatus> snapshot, SnapshotMove move, Left left) {
        String id = snapshot.key();
        SnapshotSpec spec = snapshot.spec();
        if (spec.state() == DesiredState.PRESENT && !isWhole(snapshot)) {
            return;
        }
        copies.discard(id, spec.node());
        Optional<Stored<ExportSpec, ExportStatus>> order = order(snapshot, move);
        boolean gone = order.map(Stored::status)
                .filter(status -> status.phase() == ServedPhase.REMOVED)
                .isPresent();
        if (gone || registry.nodes().find(left.node()).isEmpty()) {
            registry.snapshots().replace(snapshot, spec.withMove(move.settled()));
        } else if (order.isEmpty() && dependants.findReader(id, left.node()).isEmpty()) {
            registry.exports()
                    .create(
                            Names.export(id, move.epoch()),
                            new ExportSpec(
                                    id,
                                    left.node(),
                                    spec.node(),
                                    id,
                                    move.epoch(),
                                    DesiredState.ABSENT,
                                    left.lvUuid(),
                                    null,
                                    null));
        }
    }

    /** The order to remove what is left behind. */
    private Optional<Stored<ExportSpec, ExportStatus>> order(
            Stored<SnapshotSpec, SnapshotStatus> snapshot, SnapshotMove move) {
        return registry.exports().find(Names.export(snapshot.key(), move.epoch()));
    }
}
