package dev.sluice.controller.domain;

import dev.sluice.api.DesiredState;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.SnapshotGroup;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Snapshots that a user takes. Those made for a clone are not seen here. */
public final class SnapshotOperations {
    private final Registry registry;
    private final Sources sources;
    private final Removal removal;
    private final SnapshotFeeds feeds;
    private final SnapshotMoves moves;
    private final Dependants dependants;

    SnapshotOperations(Registry registry, Sources sources, Removal removal, SnapshotFeeds feeds, SnapshotMoves moves) {
        this.registry = registry;
        this.sources = sources;
        this.removal = removal;
        this.feeds = feeds;
        this.moves = moves;
        this.dependants = new Dependants(registry);
    }

    public Stored<SnapshotSpec, SnapshotStatus> create(String name, String sourceVolume, Deadline deadline) {
        String id = Names.snapshotId(name);
        if (registry.snapshots().find(id).isEmpty()) {
            registry.snapshots().create(id, specify(name, sources.liveVolume(sourceVolume), null));
        }
        Stored<SnapshotSpec, SnapshotStatus> snapshot = registry.snapshots()
                .find(id)
                .orElseThrow(() -> new SluiceException(ErrorKind.BUSY, "snapshot " + id + " is being deleted; retry"));
        verify(snapshot, sourceVolume);
        return awaitReady(id, "snapshot " + id, () -> orderAbsent(id), deadline);
    }

    /** A member of a group is only taken of a volume that is whole by then, so it needs nothing of where that comes from. */
    static SnapshotSpec specify(String name, Stored<VolumeSpec, VolumeStatus> volume, @Nullable SnapshotGroup group) {
        VolumeSpec source = volume.spec();
        return new SnapshotSpec(
                name,
                volume.key(),
                source.home(),
                source.pool(),
                false,
                null,
                DesiredState.PRESENT,
                group == null ? Sources.feed(volume) : null,
                source.hydration().maxBytesPerSecond(),
                source.mode(),
                source.fsType(),
                source.encryption(),
                group);
    }

    public void delete(String id, Deadline deadline) {
        Optional<Stored<SnapshotSpec, SnapshotStatus>> found =
                Optional.of(id).filter(Names::isSnapshotId).flatMap(registry.snapshots()::find);
        if (found.isEmpty() || found.get().spec().internal()) {
            return;
        }
        GroupSnapshotOperations.refuseAlone(found.get());
        refuseWhileFeeding(id);
        Stored<SnapshotSpec, SnapshotStatus> snapshot = found.get();
        orderAbsent(id);
        moves.advance(id);
        awaitRemoval(snapshot, deadline.atMost(Removal.PATIENCE));
    }

    /** Returns when the node has removed it, or is dead: then a tombstone waits for it. */
    void awaitRemoval(Stored<SnapshotSpec, SnapshotStatus> snapshot, Deadline deadline) {
        String id = snapshot.key();
        if (!isAlive(snapshot.spec().node())) {
            return;
        }
        Optional<Stored<SnapshotSpec, SnapshotStatus>> last =
                registry.snapshots().await(id, SnapshotOperations::isRemoved, deadline.left());
        if (!isRemoved(last)) {
            throw removal.stillWorking(snapshot.spec().node(), "the removal of snapshot " + id);
        }
        sweep(id);
    }

    /** Brings what a snapshot needs beside it as far as it can go now, and drops what is left of one that is gone. */
    public void advance(String id) {
        moves.advance(id);
        feeds.advance(id);
        sweep(id);
    }

    /** Drops the object of a user's snapshot that its node has removed, or whose node will not come back. */
    private void sweep(String id) {
        registry.snapshots()
                .find(id)
                .filter(each -> !each.spec().internal() && each.spec().state() == DesiredState.ABSENT)
                .filter(each -> isRemoved(Optional.of(each))
                        || registry.nodes().find(each.spec().node()).isEmpty())
                .filter(each -> feeds.isReleased(id) && each.spec().settled())
                .ifPresent(registry.snapshots()::forget);
    }

    public Stored<SnapshotSpec, SnapshotStatus> get(String id) {
        return Optional.of(id)
                .filter(Names::isSnapshotId)
                .flatMap(registry.snapshots()::find)
                .filter(SnapshotOperations::isVisible)
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.NOT_FOUND,
                        Names.isSnapshotId(id)
                                ? "snapshot " + id + " does not exist"
                                : "that is not the id of a Sluice snapshot"));
    }

    /** Snapshots in order of id; a null filter matches all. */
    public Page<SnapshotSpec, SnapshotStatus> list(
            @Nullable String id, @Nullable String sourceVolume, Page.Request request) {
        if (!request.token().isEmpty() && !Names.isSnapshotId(request.token())) {
            throw Page.badToken();
        }
        List<Stored<SnapshotSpec, SnapshotStatus>> matching = registry.snapshots().findAll().stream()
                .filter(SnapshotOperations::isVisible)
                .filter(each -> id == null || each.key().equals(id))
                .filter(each ->
                        sourceVolume == null || each.spec().sourceVolume().equals(sourceVolume))
                .toList();
        return Page.of(matching, request);
    }

    private static void verify(Stored<SnapshotSpec, SnapshotStatus> snapshot, String sourceVolume) {
        if (!snapshot.spec().sourceVolume().equals(sourceVolume)) {
            throw new SluiceException(
                    ErrorKind.ALREADY_EXISTS,
                    "a snapshot of this name exists, of volume "
                            + snapshot.spec().sourceVolume());
        }
        if (snapshot.spec().state() == DesiredState.ABSENT) {
            throw new SluiceException(ErrorKind.BUSY, "snapshot " + snapshot.key() + " is being deleted; retry");
        }
    }

    /**
     * @param what is waited for, in the words of an error
     * @param undo orders away what cannot be made
     */
    Stored<SnapshotSpec, SnapshotStatus> awaitReady(String id, String what, Runnable undo, Deadline deadline) {
        Stored<SnapshotSpec, SnapshotStatus> last = registry.snapshots()
                .await(id, seen -> phase(seen) != ServedPhase.PENDING, deadline.left())
                .orElseThrow(() -> new SluiceException(ErrorKind.BUSY, what + " was deleted meanwhile; retry"));
        SnapshotStatus status = last.status();
        if (status != null && status.phase() == ServedPhase.FAILED) {
            undo.run();
            throw Removal.failure(what, status.reason(), status.message());
        }
        if (status == null || status.phase() != ServedPhase.READY) {
            throw removal.stillWorking(last.spec().node(), what);
        }
        return last;
    }

    // A clone of it that is not hydrated has its disk there.
    void refuseWhileFeeding(String id) {
        dependants.find(id).ifPresent(fed -> {
            String what = Names.isSnapshotId(fed) ? "snapshot " : "volume ";
            throw new SluiceException(
                    ErrorKind.IN_USE,
                    "snapshot " + id + " still feeds " + what + fed + ": it can be deleted when that is hydrated");
        });
    }

    void orderAbsent(String id) {
        registry.snapshots().change(id, spec -> spec.withState(DesiredState.ABSENT));
    }

    private boolean isAlive(String node) {
        return registry.nodes().find(node).map(NodeView::alive).orElse(false);
    }

    private static boolean isVisible(Stored<SnapshotSpec, SnapshotStatus> snapshot) {
        return !snapshot.spec().internal() && snapshot.spec().state() == DesiredState.PRESENT;
    }

    private static boolean isRemoved(Optional<Stored<SnapshotSpec, SnapshotStatus>> snapshot) {
        return snapshot.isEmpty() || phase(snapshot) == ServedPhase.REMOVED;
    }

    static ServedPhase phase(Optional<Stored<SnapshotSpec, SnapshotStatus>> snapshot) {
        return snapshot.map(Stored::status).map(SnapshotStatus::phase).orElse(ServedPhase.PENDING);
    }
}
