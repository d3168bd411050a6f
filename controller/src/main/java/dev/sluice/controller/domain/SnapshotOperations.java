package dev.sluice.controller.domain;

import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.OriginKind;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumePhase;
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

    public SnapshotOperations(Registry registry, Sources sources, Removal removal) {
        this.registry = registry;
        this.sources = sources;
        this.removal = removal;
    }

    public Stored<SnapshotSpec, SnapshotStatus> create(String name, String sourceVolume, Deadline deadline) {
        String id = Names.snapshotId(name);
        if (registry.snapshots().find(id).isEmpty()) {
            VolumeSpec source = sources.liveVolume(sourceVolume).spec();
            registry.snapshots()
                    .create(
                            id,
                            new SnapshotSpec(
                                    name,
                                    sourceVolume,
                                    source.home(),
                                    source.pool(),
                                    false,
                                    null,
                                    DesiredState.PRESENT));
        }
        Stored<SnapshotSpec, SnapshotStatus> snapshot = registry.snapshots()
                .find(id)
                .orElseThrow(() -> new SluiceException(ErrorKind.BUSY, "snapshot " + id + " is being deleted; retry"));
        verify(snapshot, sourceVolume);
        return awaitReady(snapshot, deadline);
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
        orderAbsent(snapshot);
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
        last.ifPresent(registry.snapshots()::forget);
    }

    /** Drops the object of a snapshot that its node has removed, or whose node will not come back. */
    public void sweep(String id) {
        registry.snapshots()
                .find(id)
                .filter(each -> !each.spec().internal() && each.spec().state() == DesiredState.ABSENT)
                .filter(each -> isRemoved(Optional.of(each))
                        || registry.nodes().find(each.spec().node()).isEmpty())
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

    private Stored<SnapshotSpec, SnapshotStatus> awaitReady(
            Stored<SnapshotSpec, SnapshotStatus> snapshot, Deadline deadline) {
        Stored<SnapshotSpec, SnapshotStatus> last = registry.snapshots()
                .await(snapshot.key(), seen -> phase(seen) != ServedPhase.PENDING, deadline.left())
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.BUSY, "snapshot " + snapshot.key() + " was deleted meanwhile; retry"));
        SnapshotStatus status = last.status();
        if (status != null && status.phase() == ServedPhase.FAILED) {
            orderAbsent(last);
            throw Removal.failure("snapshot " + last.key(), status.reason(), status.message());
        }
        if (status == null || status.phase() != ServedPhase.READY) {
            throw removal.stillWorking(last.spec().node(), "snapshot " + last.key());
        }
        return last;
    }

    // A clone of it that is not hydrated has its disk there.
    void refuseWhileFeeding(String id) {
        registry.exports().findAll().stream()
                .filter(each -> each.spec().source().equals(id) && isServing(each.status()))
                .findFirst()
                .ifPresent(export -> {
                    throw feeding(id, export.spec().volume());
                });
        registry.volumes().findAll().stream()
                .filter(volume -> feeds(id, volume))
                .map(Stored::key)
                .findFirst()
                .ifPresent(volume -> {
                    throw feeding(id, volume);
                });
    }

    private static SluiceException feeding(String id, String volume) {
        return new SluiceException(
                ErrorKind.IN_USE,
                "snapshot " + id + " still feeds volume " + volume + ": it can be deleted when that is hydrated");
    }

    private static boolean isServing(@Nullable ExportStatus status) {
        return status == null || status.phase() != ServedPhase.REMOVED;
    }

    private static boolean feeds(String id, Stored<VolumeSpec, VolumeStatus> volume) {
        var origin = volume.spec().origin();
        VolumeStatus status = volume.status();
        boolean removed = status != null && status.phase() == VolumePhase.REMOVED;
        boolean hydrated = status != null && status.epoch() == volume.spec().epoch() && status.hydrated();
        return origin != null
                && origin.kind() == OriginKind.SNAPSHOT
                && origin.name().equals(id)
                && !hydrated
                && !removed;
    }

    void orderAbsent(Stored<SnapshotSpec, SnapshotStatus> snapshot) {
        if (snapshot.spec().state() == DesiredState.PRESENT) {
            registry.snapshots().replace(snapshot, snapshot.spec().withState(DesiredState.ABSENT));
        }
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

    private static ServedPhase phase(Optional<Stored<SnapshotSpec, SnapshotStatus>> snapshot) {
        return snapshot.map(Stored::status).map(SnapshotStatus::phase).orElse(ServedPhase.PENDING);
    }
}
