package dev.sluice.controller.fake;

import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.HeldVolume;
import dev.sluice.api.LostCopy;
import dev.sluice.api.Regression;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.VolumeRecovery;
import dev.sluice.api.VolumeSpec;
import dev.sluice.controller.domain.Stored;
import java.util.HashMap;
import java.util.List;
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
     * @param closedTo node it was given up to
     * @param whole it needs no other copy
     */
    private record Copy(long closedFor, @Nullable String closedTo, boolean whole) {}

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
        there.putIfAbsent(own, new Copy(0, null, whole));
        boolean alone = there.entrySet().stream()
                .allMatch(each -> each.getKey().equals(own) == (each.getValue().closedFor() == 0)
                        || isGivenUp(spec, each.getKey()));
        if (!alone) {
            throw new AssertionError(own + " may not be opened beside " + there);
        }
    }

    /** By order, on a node that cannot close it now. */
    private static boolean isGivenUp(VolumeSpec spec, Place place) {
        return VolumeRecovery.of(spec).on(place.node()).stream().anyMatch(lost -> lost.epoch() == place.epoch());
    }

    List<HeldVolume> held(String node) {
        return copies.entrySet().stream()
                .flatMap(volume -> volume.getValue().entrySet().stream()
                        .filter(each -> each.getKey().node().equals(node))
                        .map(each -> held(volume.getKey(), each.getKey(), each.getValue())))
                .toList();
    }

    private static HeldVolume held(String volume, Place place, Copy copy) {
        Long closedFor = copy.closedFor() == 0 ? null : (Long) copy.closedFor();
        return new HeldVolume(
                volume, place.epoch(), closedFor, copy.whole(), lvUuid(volume, place.node(), place.epoch()));
    }

    boolean isHere(String volume, String node, long epoch) {
        return of(volume).containsKey(new Place(node, epoch));
    }

    boolean isOpen(String volume, String node, long epoch) {
        Copy copy = of(volume).get(new Place(node, epoch));
        return copy != null && copy.closedFor() == 0;
    }

    void forget(String node) {
        copies.values()
                .forEach(each -> each.keySet().removeIf(place -> place.node().equals(node)));
    }

    /** What its node does with a copy that was given up by order. */
    void keepClosed(String volume, LostCopy lost) {
        of(volume)
                .computeIfPresent(
                        new Place(lost.node(), lost.epoch()),
                        (place, copy) -> copy.closedFor() > 0 ? copy : new Copy(lost.closedFor(), null, copy.whole()));
        if (lost.remove() != null) {
            if (!lost.remove().equals(lvUuid(volume, lost.node(), lost.epoch()))) {
                throw new AssertionError("the order to remove names another copy: " + lost);
            }
            remove(volume, lost.node(), lost.epoch());
        }
        registry.change();
    }

    boolean isDone(String volume, LostCopy lost) {
        Copy copy = of(volume).get(new Place(lost.node(), lost.epoch()));
        return copy == null || copy.closedFor() > 0 && lost.remove() == null;
    }

    void hydrate(String volume, String node, long epoch) {
        of(volume)
                .computeIfPresent(
                        new Place(node, epoch), (place, copy) -> new Copy(copy.closedFor(), copy.closedTo(), true));
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
            if (closed && !spec.clientNode().equals(Objects.requireNonNull(copy).closedTo())) {
                registry.exports.report(export.key(), status(ServedPhase.FAILED, null, null, Regression.REASON));
            } else if (closed || copy != null && mayClose(spec)) {
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
        of(spec.volume()).put(origin(spec), new Copy(spec.epoch(), spec.clientNode(), copy.whole()));
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
