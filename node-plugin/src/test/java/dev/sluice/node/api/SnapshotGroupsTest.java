package dev.sluice.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Placement;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.Snapshot;
import dev.sluice.api.SnapshotGroup;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.FakeNetwork;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole node on an API server; the test plays the controller. */
@EnableKubernetesMockClient(crud = true)
class SnapshotGroupsTest {
    private static final PoolSettings POOL = new PoolSettings("fast", "vg0", "thin");
    private static final String GROUP = Names.groupSnapshotId("group");
    private static final SnapshotGroup.Member FIRST = member("first");
    private static final SnapshotGroup.Member SECOND = member("second");

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesClient client;

    @TempDir
    Path folder;

    private final FakeHost machine = new FakeHost("n1", "10.0.0.1", new FakeNetwork(), POOL);
    private TestNode node;

    @BeforeEach
    void start() {
        node = new TestNode(client, machine, POOL, folder);
        node.start();
        for (SnapshotGroup.Member member : List.of(FIRST, SECOND)) {
            createVolume(member.sourceVolume());
            eventually().until(() -> isReady(member.sourceVolume()));
        }
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void allAreTakenWhenAllAreWantedAndRemovedByOrder() {
        createSnapshot(FIRST);
        createSnapshot(SECOND);

        eventually().until(() -> phase(FIRST) == ServedPhase.READY && phase(SECOND) == ServedPhase.READY);
        assertThat(status(FIRST)).extracting(SnapshotStatus::creationTime).isEqualTo(time(SECOND));

        order(FIRST);
        order(SECOND);
        eventually().until(() -> phase(FIRST) == ServedPhase.REMOVED && phase(SECOND) == ServedPhase.REMOVED);
        assertThat(machine.leftovers()).noneMatch(left -> left.startsWith("lv s-"));
    }

    @Test
    void oneAloneIsNotTaken() {
        createSnapshot(FIRST);
        createVolume(Names.volumeId("later"));
        eventually().until(() -> isReady(Names.volumeId("later")));
        assertThat(status(FIRST)).isNull();

        order(FIRST);

        eventually().until(() -> phase(FIRST) == ServedPhase.REMOVED);
        assertThat(machine.leftovers()).noneMatch(left -> left.startsWith("lv s-"));
    }

    @Test
    void allFailTogetherAndArePausedForOnce() {
        machine.faults()
                .failNext(
                        "LogicalVolumes.ensure vg0/" + SECOND.snapshot(),
                        new SluiceException(ErrorKind.NO_SPACE, "the pool is full"));
        createSnapshot(FIRST);
        createSnapshot(SECOND);

        eventually().until(() -> phase(FIRST) == ServedPhase.FAILED && phase(SECOND) == ServedPhase.FAILED);
        assertThat(status(FIRST)).extracting(SnapshotStatus::reason).isEqualTo("NoSpace");

        order(FIRST);
        order(SECOND);
        eventually().until(() -> phase(FIRST) == ServedPhase.REMOVED && phase(SECOND) == ServedPhase.REMOVED);
        assertThat(machine.leftovers()).noneMatch(left -> left.startsWith("lv s-"));
    }

    private @Nullable SnapshotStatus status(SnapshotGroup.Member member) {
        return client.resources(Snapshot.class)
                .withName(member.snapshot())
                .get()
                .getStatus();
    }

    private @Nullable ServedPhase phase(SnapshotGroup.Member member) {
        SnapshotStatus status = status(member);
        return status == null ? null : status.phase();
    }

    private @Nullable String time(SnapshotGroup.Member member) {
        SnapshotStatus status = status(member);
        return status == null ? null : status.creationTime();
    }

    private boolean isReady(String volume) {
        Volume found = client.resources(Volume.class).withName(volume).get();
        return found.getStatus() != null && found.getStatus().phase() == VolumePhase.READY;
    }

    private void order(SnapshotGroup.Member member) {
        client.resources(Snapshot.class).withName(member.snapshot()).edit(snapshot -> {
            snapshot.setSpec(snapshot.getSpec().withState(DesiredState.ABSENT));
            return snapshot;
        });
    }

    private void createSnapshot(SnapshotGroup.Member member) {
        Snapshot snapshot = new Snapshot();
        snapshot.setMetadata(new ObjectMetaBuilder()
                .withName(member.snapshot())
                .addToLabels(Names.LABEL_NODE, "n1")
                .build());
        snapshot.setSpec(new SnapshotSpec(
                "group",
                member.sourceVolume(),
                "n1",
                "fast",
                false,
                null,
                DesiredState.PRESENT,
                null,
                null,
                null,
                null,
                null,
                new SnapshotGroup(GROUP, List.of(FIRST, SECOND))));
        client.resource(snapshot).create();
    }

    private void createVolume(String id) {
        Volume volume = new Volume();
        volume.setMetadata(new ObjectMetaBuilder()
                .withName(id)
                .addToLabels(Names.concernsLabel("n1"), "true")
                .build());
        volume.setSpec(new VolumeSpec(
                "request",
                64L << 20,
                "fast",
                VolumeMode.FILESYSTEM,
                "ext4",
                Placement.PINNED,
                "n1",
                null,
                1,
                null,
                null,
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT));
        client.resource(volume).create();
    }

    private static SnapshotGroup.Member member(String name) {
        String volume = Names.volumeId(name);
        return new SnapshotGroup.Member(Names.groupMemberId(GROUP, volume), volume);
    }

    private static ConditionFactory eventually() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }
}
