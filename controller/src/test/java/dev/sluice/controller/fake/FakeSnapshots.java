package dev.sluice.controller.fake;

import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.SnapshotGroup;
import dev.sluice.api.SnapshotMove;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumeStatus;
import dev.sluice.controller.domain.Stored;
import dev.sluice.names.Names;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The logical volumes of snapshots on the nodes. Fails the test when one goes that is read, or that is the only one. */
final class FakeSnapshots {
    private static final String TAKEN = "2026-01-01T00:00:00Z";

    private final FakeRegistry registry;
    private final FakeCopies copies;
    private final Set<String> full;
    private final Map<Place, String> volumes = new TreeMap<>();

    FakeSnapshots(FakeRegistry registry, FakeCopies copies, Set<String> full) {
        this.registry = registry;
        this.copies = copies;
        this.full = full;
    }

    private record Place(String snapshot, String node) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            return toString().compareTo(other.toString());
        }
    }

    /** Nodes that have something of a snapshot. */
    List<String> nodesOf(String snapshot) {
        return volumes.keySet().stream()
                .filter(place -> place.snapshot().equals(snapshot))
                .map(Place::node)
                .toList();
    }

    void act(Stored<SnapshotSpec, SnapshotStatus> snapshot) {
        SnapshotSpec spec = snapshot.spec();
        SnapshotStatus status = spec.isOfFormerHome(snapshot.status()) ? null : snapshot.status();
        if (spec.state() == DesiredState.ABSENT) {
            remove(snapshot, status);
        } else if (spec.move() != null) {
            if (status == null || status.lvUuid() == null) {
                takeOver(snapshot, spec.move());
            }
        } else if (status == null && isWhole(spec.group())) {
            take(snapshot);
        }
    }

    void hydrate(String id) {
        Stored<SnapshotSpec, SnapshotStatus> snapshot =
                registry.snapshots.find(id).orElseThrow();
        registry.snapshots.report(id, taken(snapshot, true));
    }

    /** Removes what a snapshot left here, as ordered. */
    void release(String export, ExportSpec spec) {
        Place place = new Place(spec.source(), spec.originNode());
        SnapshotSpec live = registry.snapshots.find(spec.source()).orElseThrow().spec();
        if (live.node().equals(spec.originNode())) {
            throw new AssertionError("a snapshot was ordered away from its home by its move: " + spec);
        }
        boolean elsewhere = volumes.containsKey(new Place(spec.source(), live.node()));
        if (live.state() == DesiredState.PRESENT && !elsewhere) {
            throw new AssertionError("the only copy of a snapshot was ordered away: " + spec);
        }
        if (!Objects.equals(volumes.getOrDefault(place, spec.release()), spec.release())) {
            throw new AssertionError("the release names another logical volume: " + spec);
        }
        if (!servedFrom(place).isEmpty()) {
            throw new AssertionError("what a snapshot left was ordered away while it is read: " + spec);
        }
        volumes.remove(place);
        registry.exports.report(
                export,
                new ExportStatus(ServedPhase.REMOVED, null, null, null, null, null, null, null, null, null, null));
    }

    private void take(Stored<SnapshotSpec, SnapshotStatus> snapshot) {
        SnapshotSpec spec = snapshot.spec();
        if (full.contains(spec.node())) {
            registry.snapshots.report(
                    snapshot.key(), new SnapshotStatus(ServedPhase.FAILED, "lv", 0L, TAKEN, "NoSpace", "NoSpace"));
            return;
        }
        boolean whole = spec.feed() == null
                || registry.volumes
                        .find(spec.sourceVolume())
                        .map(Stored::status)
                        .map(VolumeStatus::hydrated)
                        .orElse(false);
        registry.snapshots.report(snapshot.key(), taken(snapshot, whole));
    }

    private void takeOver(Stored<SnapshotSpec, SnapshotStatus> snapshot, SnapshotMove move) {
        if (!copies.isWhole(move.copy(), snapshot.spec().node(), 1)) {
            throw new AssertionError("a snapshot is to be taken of what is not whole: " + snapshot);
        }
        registry.snapshots.report(snapshot.key(), taken(snapshot, true));
    }

    private SnapshotStatus taken(Stored<SnapshotSpec, SnapshotStatus> snapshot, boolean whole) {
        SnapshotSpec spec = snapshot.spec();
        SnapshotStatus before = snapshot.status();
        Long known = before == null ? null : before.sizeBytes();
        long size = known != null
                ? known
                : registry.volumes
                        .find(spec.sourceVolume())
                        .orElseThrow()
                        .spec()
                        .sizeBytes();
        String lvUuid = "lv-" + spec.node() + "-" + spec.epoch();
        String there = volumes.putIfAbsent(new Place(snapshot.key(), spec.node()), lvUuid);
        if (there != null && !there.equals(lvUuid)) {
            throw new AssertionError("what an earlier stay left is in the way of " + snapshot);
        }
        return new SnapshotStatus(ServedPhase.READY, lvUuid, size, TAKEN, null, null, whole);
    }

    private void remove(Stored<SnapshotSpec, SnapshotStatus> snapshot, @Nullable SnapshotStatus known) {
        Place place = new Place(snapshot.key(), snapshot.spec().node());
        List<ExportSpec> served = servedFrom(place);
        if (served.stream()
                .anyMatch(each -> !each.volume().equals(Names.snapshotCopy(snapshot.key(), each.clientNode())))) {
            throw new AssertionError("a snapshot that is served was ordered away");
        }
        // What copies it has its device open: the kernel refuses until that is gone.
        if (served.isEmpty()) {
            volumes.remove(place);
            registry.snapshots.report(
                    snapshot.key(), new SnapshotStatus(ServedPhase.REMOVED, "lv", 0L, TAKEN, null, null));
        }
    }

    private List<ExportSpec> servedFrom(Place place) {
        return registry.exports.findAll().stream()
                .filter(each -> each.status() == null || each.status().phase() != ServedPhase.REMOVED)
                .map(Stored::spec)
                .filter(each -> each.source().equals(place.snapshot())
                        && each.originNode().equals(place.node())
                        && !each.volume().equals(each.source()))
                .toList();
    }

    /** A group is taken when all its members are there. */
    private boolean isWhole(@Nullable SnapshotGroup group) {
        return group == null
                || group.members().stream()
                        .allMatch(member ->
                                registry.snapshots.find(member.snapshot()).isPresent());
    }
}
