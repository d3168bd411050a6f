package dev.sluice.controller.domain;

import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.Feed;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.names.Names;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What still needs a snapshot: that which is fed from it, and that which is to be. An object that names it holds it from the moment it is
 * written, so that nothing is between a source that needs an origin and the copy made of that source.
 */
final class Dependants {
    private final Registry registry;

    Dependants(Registry registry) {
        this.registry = registry;
    }

    /** The id of a volume or snapshot that needs it; those of a node that was given up need nothing. */
    Optional<String> find(String snapshot) {
        return find(snapshot, "");
    }

    /** The same, except for one volume. */
    Optional<String> find(String snapshot, String except) {
        return registry.exports().findAll().stream()
                .filter(each -> each.spec().source().equals(snapshot) && isServing(each) && !isOfItsMove(each.spec()))
                .map(each -> each.spec().volume())
                .filter(fed -> !fed.equals(except))
                .findFirst()
                .or(() -> registry.volumes().findAll().stream()
                        .filter(each -> !each.key().equals(except)
                                && !each.spec().isSnapshotCopy(each.key())
                                && needs(each, snapshot))
                        .map(Stored::key)
                        .findFirst())
                .or(() -> registry.snapshots().findAll().stream()
                        .filter(each -> names(each.spec().feed(), snapshot) && needsFeed(each))
                        .map(Stored::key)
                        .findFirst());
    }

    /** What still reads, or is to read, what this one node has of a snapshot. */
    Optional<String> findReader(String snapshot, String node) {
        return registry.exports().findAll().stream()
                .filter(each -> each.spec().source().equals(snapshot)
                        && each.spec().originNode().equals(node)
                        && isServing(each))
                .map(each -> each.spec().volume())
                .findFirst()
                .or(() -> registry.volumes().findAll().stream()
                        .filter(each -> reads(each.spec(), node) && needs(each, snapshot))
                        .map(Stored::key)
                        .findFirst())
                .or(() -> registry.snapshots().findAll().stream()
                        .filter(each -> {
                            Feed feed = each.spec().feed();
                            return feed != null
                                    && names(feed, snapshot)
                                    && feed.node().equals(node)
                                    && needsFeed(each);
                        })
                        .map(Stored::key)
                        .findFirst());
    }

    private static boolean reads(VolumeSpec spec, String node) {
        Feed feed = spec.feed();
        return spec.origin() != null && spec.origin().node().equals(node)
                || feed != null && feed.node().equals(node);
    }

    /** Of an export that brings its source elsewhere, or orders away what that left: it goes with the source. */
    private static boolean isOfItsMove(ExportSpec spec) {
        return spec.volume().equals(spec.source())
                || spec.volume().equals(Names.snapshotCopy(spec.source(), spec.clientNode()));
    }

    /** Whether a snapshot still needs the origin of its source. */
    boolean needsFeed(Stored<SnapshotSpec, SnapshotStatus> snapshot) {
        SnapshotSpec spec = snapshot.spec();
        SnapshotStatus status = snapshot.status();
        return spec.feed() != null && isKnown(spec.node()) && (status == null || isUnfinished(status));
    }

    /** Whether a snapshot or a clone is still to be made of the copy that this node has of a volume. */
    boolean isToBeCopied(String volume, String node) {
        boolean cloned = registry.volumes().findAll().stream()
                .filter(each -> each.spec().state() == DesiredState.PRESENT && !isMade(each.status()))
                .map(each -> each.spec().origin())
                .anyMatch(origin -> origin != null
                        && origin.kind() == OriginKind.VOLUME
                        && origin.name().equals(volume)
                        && origin.node().equals(node));
        return cloned
                || registry.snapshots().findAll().stream()
                        .anyMatch(each -> each.spec().sourceVolume().equals(volume)
                                && each.spec().node().equals(node)
                                && each.spec().state() == DesiredState.PRESENT
                                && each.status() == null);
    }

    private static boolean isMade(@Nullable VolumeStatus status) {
        return status != null && status.allocated() != null;
    }

    private static boolean isUnfinished(SnapshotStatus status) {
        boolean whole = status.phase() == ServedPhase.READY && !Boolean.FALSE.equals(status.hydrated());
        return !whole && status.phase() != ServedPhase.REMOVED;
    }

    private boolean needs(Stored<VolumeSpec, VolumeStatus> volume, String snapshot) {
        VolumeSpec spec = volume.spec();
        VolumeStatus status = volume.status();
        Origin origin = spec.origin();
        boolean removed = status != null && status.phase() == VolumePhase.REMOVED;
        if (origin == null || Sources.isWhole(volume) || removed || !isKnown(spec.home())) {
            return false;
        }
        boolean shared = !spec.originIsRemote();
        boolean allocated = status != null && status.allocated() != null;
        boolean madeFrom = origin.kind() == OriginKind.SNAPSHOT && origin.name().equals(snapshot);
        return madeFrom && !(shared && allocated) || names(spec.feed(), snapshot);
    }

    private static boolean names(@Nullable Feed feed, String snapshot) {
        return feed != null && feed.snapshot().equals(snapshot);
    }

    private boolean isServing(Stored<ExportSpec, ExportStatus> export) {
        ExportStatus status = export.status();
        boolean removed = status != null && status.phase() == ServedPhase.REMOVED;
        boolean given = export.spec().state() == DesiredState.ABSENT
                && !isKnown(export.spec().originNode());
        return !removed && !given;
    }

    private boolean isKnown(String node) {
        return registry.nodes().find(node).isPresent();
    }
}
