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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The copies of volumes that nodes have, as their tags say. Fails the test when two of one volume are open at a time. */
final class FakeCopies {
    private final FakeRegistry registry;
    private final Map<String, Map<String, Copy>> copies = new HashMap<>();

    FakeCopies(FakeRegistry registry) {
        this.registry = registry;
    }

    /**
     * @param closedFor epoch for which it was given up; 0 while it is open
     * @param whole it needs no other copy
     */
    private record Copy(long epoch, long closedFor, boolean whole) {}

    private Map<String, Copy> of(String volume) {
        return copies.computeIfAbsent(volume, id -> new HashMap<>());
    }

    static String lvUuid(String volume, String node) {
        return "lv-" + volume + "-" + node;
    }

    /** The home makes its copy, or finds it. */
    void open(String volume, VolumeSpec spec, boolean whole) {
        Map<String, Copy> there = of(volume);
        there.putIfAbsent(spec.home(), new Copy(spec.epoch(), 0, whole));
        Copy own = Objects.requireNonNull(there.get(spec.home()));
        long open =
                there.values().stream().filter(copy -> copy.closedFor() == 0).count();
        if (own.epoch() != spec.epoch() || own.closedFor() != 0 || open != 1) {
            throw new AssertionError("home " + spec.home() + " of epoch " + spec.epoch() + " may not open " + there);
        }
    }

    void hydrate(String volume, String node) {
        of(volume).computeIfPresent(node, (name, copy) -> new Copy(copy.epoch(), copy.closedFor(), true));
    }

    void remove(String volume, String node) {
        of(volume).remove(node);
    }

    /** Whether no node has a copy any more except this. */
    boolean isOnlyOn(String volume, String node) {
        return of(volume).keySet().equals(Set.of(node));
    }

    /** It is open then, and cannot be removed but with what serves it. */
    boolean isServed(String volume, String node) {
        Copy copy = of(volume).get(node);
        return copy != null && copy.closedFor() > 0;
    }

    void export(Stored<ExportSpec, ExportStatus> export) {
        ExportSpec spec = export.spec();
        Copy copy = of(spec.volume()).get(spec.originNode());
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

    private boolean mayClose(ExportSpec spec) {
        VolumeSpec volume = registry.volumes.find(spec.volume()).orElseThrow().spec();
        return volume.home().equals(spec.originNode())
                && spec.clientNode().equals(volume.target())
                && volume.epoch() + 1 == spec.epoch()
                && volume.state() == DesiredState.PRESENT
                && !registry.attachments(spec.volume()).contains(spec.originNode());
    }

    private void close(ExportSpec spec, Copy copy) {
        of(spec.volume()).put(spec.originNode(), new Copy(copy.epoch(), spec.epoch(), copy.whole()));
    }

    private void release(Stored<ExportSpec, ExportStatus> export, ExportSpec spec) {
        if (!Objects.equals(spec.release(), lvUuid(spec.volume(), spec.originNode()))) {
            throw new AssertionError("the release names another copy: " + spec);
        }
        Copy reader = of(spec.volume()).get(spec.clientNode());
        if (reader != null && reader.epoch() == spec.epoch() && !reader.whole()) {
            throw new AssertionError("a copy was released that another reads: " + spec);
        }
        remove(spec.volume(), spec.originNode());
        registry.exports.report(export.key(), status(ServedPhase.REMOVED, null, null, null));
    }

    private static ExportStatus consented(ExportSpec spec) {
        return status(ServedPhase.READY, spec.epoch(), lvUuid(spec.volume(), spec.originNode()), null);
    }

    private static ExportStatus status(
            ServedPhase phase, @Nullable Long epoch, @Nullable String lvUuid, @Nullable String reason) {
        return new ExportStatus(
                phase, "10.0.0.1:3260", "iqn", 0, "serial", 1L << 30, epoch, lvUuid, null, reason, reason);
    }
}
