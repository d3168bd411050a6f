package dev.sluice.controller.fake;

import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.controller.domain.Stored;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The copies of volumes that nodes have, as their tags say. Fails the test when two of one volume are open at a time. */
final class FakeCopies {
    private final FakeRegistry registry;
    private final Map<String, Map<Place, Copy>> copies = new HashMap<>();

    FakeCopies(FakeRegistry registry) {
        this.registry = registry;
    }

    /** A node may have copies of several epochs. */
    private record Place(String node, long epoch) {}

    /**
     * @param closedFor epoch for which it was given up; 0 while it is open
     * @param whole it needs no other copy
     */
    private record Copy(long closedFor, boolean whole) {}

    private Map<Place, Copy> of(String volume) {
        return copies.computeIfAbsent(volume, id -> new HashMap<>());
    }

    static String lvUuid(String volume, String node, long epoch) {
        return "lv-" + volume + "-" + node + "-" + epoch;
    }

    /** The home makes its copy, or finds it. */
    void open(String volume, VolumeSpec spec, boolean whole) {
        Map<Place, Copy> there = of(volume);
        Place own = new Place(spec.home(), spec.epoch());
        there.putIfAbsent(own, new Copy(0, whole));
        boolean alone = there.entrySet().stream()
                .allMatch(each -> each.getKey().equals(own) == (each.getValue().closedFor() == 0));
        if (!alone) {
            throw new AssertionError(own + " may not be opened beside " + there);
        }
    }

    void hydrate(String volume, String node, long epoch) {
        of(volume).computeIfPresent(new Place(node, epoch), (place, copy) -> new Copy(copy.closedFor(), true));
    }

    void remove(String volume, String node, long epoch) {
        of(volume).remove(new Place(node, epoch));
    }

    /** Whether no node has a copy any more except this. */
    boolean isOnlyOn(String volume, String node) {
        return of(volume).size() == 1
                && of(volume).keySet().iterator().next().node().equals(node);
    }

    boolean isWhole(String volume, String node, long epoch) {
        Copy copy = of(volume).get(new Place(node, epoch));
        return copy != null && copy.whole();
    }

    /** It is open then, and cannot be removed but with what serves it. */
    boolean isServed(String volume, String node, long epoch) {
        Copy copy = of(volume).get(new Place(node, epoch));
        return copy != null && copy.closedFor() > 0;
    }

    void export(Stored<ExportSpec, ExportStatus> export) {
        ExportSpec spec = export.spec();
        Copy copy = of(spec.volume()).get(origin(spec));
        boolean closed = copy != null && copy.closedFor() == spec.epoch();
        if (spec.state() == DesiredState.PRESENT) {
            if (closed || mayClose(spec)) {
                close(spec, Objects.requireNonNull(copy));
                registry.exports.report(export.key(), consented(spec));
            } else {
                registry.exports.report(export.key(), status(ServedPhase.PENDING, null, null, "InUse"));
            }
        } else if (spec.release() != null) {
            release(export, spec);
        } else {
            registry.exports.report(
                    export.key(), closed ? consented(spec) : status(ServedPhase.REMOVED, null, null, null));
        }
    }

    /** What an export serves is of the epoch before. */
    private static Place origin(ExportSpec spec) {
        return new Place(spec.originNode(), spec.epoch() - 1);
    }

    private boolean mayClose(ExportSpec spec) {
        VolumeSpec volume = registry.volumes.find(spec.volume()).orElseThrow().spec();
        return volume.home().equals(spec.originNode())
                && spec.clientNode().equals(volume.target())
                && volume.epoch() + 1 == spec.epoch()
                && volume.state() == DesiredState.PRESENT
                && !registry.attachments(spec.volume()).contains(spec.originNode());
    }

    private void close(ExportSpec spec, Copy copy) {
        of(spec.volume()).put(origin(spec), new Copy(spec.epoch(), copy.whole()));
    }

    private void release(Stored<ExportSpec, ExportStatus> export, ExportSpec spec) {
        if (!Objects.equals(spec.release(), lvUuid(spec.volume(), spec.originNode(), spec.epoch() - 1))) {
            throw new AssertionError("the release names another copy: " + spec);
        }
        Copy reader = of(spec.volume()).get(new Place(spec.clientNode(), spec.epoch()));
        if (reader != null && !reader.whole()) {
            throw new AssertionError("a copy was released that another reads: " + spec);
        }
        remove(spec.volume(), spec.originNode(), spec.epoch() - 1);
        registry.exports.report(export.key(), status(ServedPhase.REMOVED, null, null, null));
    }

    private static ExportStatus consented(ExportSpec spec) {
        return status(
                ServedPhase.READY, spec.epoch(), lvUuid(spec.volume(), spec.originNode(), spec.epoch() - 1), null);
    }

    private static ExportStatus status(
            ServedPhase phase, @Nullable Long epoch, @Nullable String lvUuid, @Nullable String reason) {
        return new ExportStatus(
                phase, "10.0.0.1:3260", "iqn", 0, "serial", 1L << 30, epoch, lvUuid, null, reason, reason);
    }
}
