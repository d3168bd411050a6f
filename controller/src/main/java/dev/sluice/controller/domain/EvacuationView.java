package dev.sluice.controller.domain;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.CloneHydrationSpec;
import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.Feed;
import dev.sluice.api.Origin;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.names.Names;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is seen of the cluster when a node is to be emptied.
 *
 * @param attachments nodes that want or have a volume, by volume
 * @param idle volumes of the node that no pod has used for a while
 * @param sets StatefulSets
 */
record EvacuationView(
        NodeView node,
        List<NodeView> nodes,
        List<Stored<VolumeSpec, VolumeStatus>> volumes,
        List<Stored<SnapshotSpec, SnapshotStatus>> snapshots,
        List<Stored<ExportSpec, ExportStatus>> exports,
        List<Stored<CloneHydrationSpec, CloneHydrationStatus>> hydrations,
        Map<String, List<String>> attachments,
        Set<String> idle,
        List<ClaimSet> sets) {

    boolean isHere(Stored<VolumeSpec, VolumeStatus> volume) {
        return volume.spec().home().equals(node.name());
    }

    List<String> attached(Stored<VolumeSpec, VolumeStatus> volume) {
        return attachments.getOrDefault(volume.key(), List.of());
    }

    Optional<Stored<VolumeSpec, VolumeStatus>> find(String volume) {
        return volumes.stream().filter(each -> each.key().equals(volume)).findFirst();
    }

    /** Whether another node may still read from this one for the sake of a volume that is at home elsewhere. */
    boolean feeds(Stored<VolumeSpec, VolumeStatus> volume) {
        VolumeSpec spec = volume.spec();
        VolumeStatus status = volume.status();
        boolean removed = status != null && status.phase() == VolumePhase.REMOVED;
        if (removed || Sources.isWhole(volume)) {
            return false;
        }
        Origin origin = spec.origin();
        Feed feed = spec.feed();
        boolean named = origin != null && origin.node().equals(node.name())
                || feed != null && feed.node().equals(node.name());
        return named || exports.stream().anyMatch(each -> each.spec().volume().equals(volume.key()) && serves(each));
    }

    /** Of exports that feed a snapshot, or a volume that has no object any more. */
    boolean feedsAnother(Stored<ExportSpec, ExportStatus> export) {
        String client = export.spec().volume();
        if (!serves(export) || find(client).isPresent()) {
            return false;
        }
        return snapshots.stream()
                .filter(each -> each.key().equals(client))
                .map(Stored::status)
                .noneMatch(status -> status != null
                        && (status.phase() == ServedPhase.REMOVED
                                || status.phase() == ServedPhase.READY && !Boolean.FALSE.equals(status.hydrated())));
    }

    /** Ordered away, and not gone: the node should be there until it is. */
    boolean isLettingGo(Stored<ExportSpec, ExportStatus> export) {
        return node.alive() && serves(export) && export.spec().state() == DesiredState.ABSENT;
    }

    /** What the home says to the order to give a volume up; empty while it says nothing. */
    String answer(Stored<VolumeSpec, VolumeStatus> volume) {
        String ordered = Names.export(volume.key(), volume.spec().epoch() + 1);
        return exports.stream()
                .filter(each -> each.key().equals(ordered))
                .map(Stored::status)
                .filter(status -> status != null && status.message() != null)
                .map(status -> ": " + status.message())
                .findFirst()
                .orElse("");
    }

    private boolean serves(Stored<ExportSpec, ExportStatus> export) {
        ExportStatus status = export.status();
        boolean removed = status != null && status.phase() == ServedPhase.REMOVED;
        return export.spec().originNode().equals(node.name()) && !removed;
    }

    /** How far the hydration of a volume is, of its present epoch. */
    Optional<CloneHydrationStatus> hydration(Stored<VolumeSpec, VolumeStatus> volume) {
        return hydrations.stream()
                .filter(each -> each.spec().volume().equals(volume.key()))
                .map(Stored::status)
                .filter(status ->
                        status != null && status.epoch() == volume.spec().epoch())
                .findFirst();
    }

    /** Bytes of a volume that have not arrived at its home. */
    long missing(Stored<VolumeSpec, VolumeStatus> volume) {
        if (Sources.isWhole(volume) || volume.spec().origin() == null) {
            return 0;
        }
        return hydration(volume)
                .map(CloneHydrationStatus::remainingBytes)
                .orElse(volume.spec().sizeBytes());
    }

    /** Whether it counts as a member that hydrates, or will in a moment. */
    static boolean isUnhydrated(Stored<VolumeSpec, VolumeStatus> volume) {
        return volume.spec().state() == DesiredState.PRESENT
                && (volume.spec().target() != null || !Sources.isWhole(volume));
    }

    static String name(Stored<VolumeSpec, VolumeStatus> volume) {
        ClaimReference claim = volume.spec().claim();
        return claim == null ? volume.key() : claim.namespace() + "/" + claim.name();
    }
}
