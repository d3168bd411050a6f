package dev.sluice.controller.domain;

import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Placement;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumeRecovery;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.controller.fake.TestClock;
import dev.sluice.controller.fake.TestOperations;
import dev.sluice.names.Names;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One volume, made on n1, and an administrator who has lost something. Nodes do what they are told, and what their tags say. */
final class RecoveryWorld {
    static final String VOLUME = Names.volumeId("data");
    static final String SNAPSHOT = Names.snapshotId("before");

    final FakeRegistry registry = new FakeRegistry();
    final TestClock clock = new TestClock();
    final Operations operations = TestOperations.over(registry.asRegistry(), clock);

    RecoveryWorld() {
        this(Placement.FOLLOW, null);
    }

    RecoveryWorld(Placement placement, @Nullable Long retainSeconds) {
        Stream.of("n1", "n2", "n3").forEach(registry::addNode);
        HydrationSettings settings =
                retainSeconds == null ? HydrationSettings.DEFAULT : HydrationSettings.DEFAULT.retaining(retainSeconds);
        registry.volumes.create(
                VOLUME,
                new VolumeSpec(
                        "data",
                        1L << 30,
                        "fast",
                        VolumeMode.FILESYSTEM,
                        "ext4",
                        placement,
                        "n1",
                        null,
                        1,
                        null,
                        null,
                        settings,
                        DesiredState.PRESENT));
        settle();
    }

    /** A user's snapshot, on this node. */
    void snapshot(String node) {
        snapshot(SNAPSHOT, VOLUME, node);
    }

    void snapshot(String id, String volume, String node) {
        registry.snapshots.create(id, new SnapshotSpec(id, volume, node, "fast", false, null, DesiredState.PRESENT));
        settle();
    }

    void moveTo(String node) {
        registry.attach(VOLUME, spec().home(), false);
        registry.attach(VOLUME, node, true);
        settle();
    }

    void hydrate() {
        registry.nodes.hydrate(VOLUME);
        settle();
    }

    void powerOff(String node) {
        registry.nodes.away.add(node);
        registry.setAlive(node, false);
        settle();
    }

    /** Its pods are gone. */
    void powerOn(String node) {
        registry.attach(VOLUME, node, false);
        registry.nodes.away.remove(node);
        registry.setAlive(node, true);
        settle();
    }

    void order(String giveUp, String use) {
        order(giveUp, use, "an administrator");
    }

    void order(String giveUp, String use, @Nullable String by) {
        registry.volumes.change(VOLUME, spec -> {
            VolumeRecovery before = VolumeRecovery.of(spec);
            return spec.withRecovery(
                    new VolumeRecovery(giveUp, use, by, null, before.refused(), before.done(), before.lost()));
        });
        settle();
    }

    void discard(String copy) {
        registry.volumes.change(VOLUME, spec -> {
            VolumeRecovery before = VolumeRecovery.of(spec);
            return spec.withRecovery(
                    new VolumeRecovery(null, null, null, copy, before.refused(), before.done(), before.lost()));
        });
        settle();
    }

    /** etcd has an object of before; what nodes have is as it is. */
    void restore(VolumeSpec before, @Nullable VolumeStatus status) {
        registry.volumes.change(VOLUME, spec -> before);
        if (status != null) {
            registry.volumes.report(VOLUME, status);
        }
        settle();
    }

    void settle() {
        long before;
        do {
            before = registry.changes();
            registry.volumes.await("none", seen -> true, Duration.ZERO);
            registry.volumes.findAll().forEach(each -> operations.families().advance(each.key()));
        } while (before != registry.changes());
    }

    Stored<VolumeSpec, VolumeStatus> volume() {
        return registry.volumes.find(VOLUME).orElseThrow();
    }

    VolumeSpec spec() {
        return volume().spec();
    }

    String place() {
        return spec().home() + "@" + spec().epoch();
    }

    VolumeRecovery recovery() {
        return VolumeRecovery.of(spec());
    }

    String refusal() {
        return Objects.requireNonNullElse(recovery().refused(), "");
    }

    @Nullable String reason() {
        VolumeStatus status = volume().status();
        return status == null ? null : status.reason();
    }
}
