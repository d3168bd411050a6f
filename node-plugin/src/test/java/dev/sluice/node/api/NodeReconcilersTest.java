package dev.sluice.node.api;

import static dev.sluice.node.api.NodeObjects.CLONE;
import static dev.sluice.node.api.NodeObjects.SIZE;
import static dev.sluice.node.api.NodeObjects.SNAPSHOT;
import static dev.sluice.node.api.NodeObjects.SOURCE;
import static dev.sluice.node.api.NodeObjects.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Export;
import dev.sluice.api.Feed;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.HydrationSummary;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.Snapshot;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.StorageNode;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumePhase;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.FakeNetwork;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two whole nodes on one API server; the test plays the controller. */
@EnableKubernetesMockClient(crud = true)
class NodeReconcilersTest {
    private static final String COMPOSITE = Names.snapshotId("composite");
    private static final PoolSettings POOL = new PoolSettings("fast", "vg0", "thin");

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesClient client;

    @TempDir
    Path folder;

    private final FakeNetwork network = new FakeNetwork();
    private final FakeHost first = new FakeHost("n1", "10.0.0.1", network, POOL);
    private final FakeHost second = new FakeHost("n2", "10.0.0.2", network, POOL);
    private TestNode origin;
    private TestNode home;
    private NodeObjects objects;

    @BeforeEach
    void start() {
        objects = new NodeObjects(client);
        origin = new TestNode(client, first, POOL, folder);
        home = new TestNode(client, second, POOL, folder);
        origin.start();
        home.start();
    }

    @AfterEach
    void stop() {
        home.close();
        origin.close();
    }

    @Test
    void anEmptyVolumeIsBroughtUpAndTakenDownByOrder() {
        objects.createVolume(SOURCE, spec("n1", null));
        eventually().until(() -> objects.phase(SOURCE) == VolumePhase.READY);
        assertThat(objects.volume(SOURCE).getStatus().allocated()).isNotNull();
        assertThat(objects.volume(SOURCE).getStatus().hydrated()).isTrue();
        assertThat(origin.directory.awaitReady(SOURCE, Duration.ofSeconds(5)).fsType())
                .isEqualTo("ext4");

        client.resources(Volume.class).withName(SOURCE).edit(volume -> {
            volume.setSpec(volume.getSpec().withState(DesiredState.ABSENT));
            return volume;
        });

        eventually().until(() -> objects.phase(SOURCE) == VolumePhase.REMOVED);
        assertThat(first.leftovers()).isEmpty();
    }

    @Test
    void anObjectThatVanishesTakesNoDataWithIt() {
        objects.createVolume(SOURCE, spec("n1", null));
        eventually().until(() -> objects.phase(SOURCE) == VolumePhase.READY);

        client.resources(Volume.class).withName(SOURCE).delete();
        objects.createVolume(Names.volumeId("later"), spec("n1", null));

        eventually().until(() -> objects.phase(Names.volumeId("later")) == VolumePhase.READY);
        assertThat(first.leftovers()).contains("lv " + SOURCE);
    }

    @Test
    void aCloneAcrossNodesBecomesReadyHydratesAndIsReleased() {
        objects.createVolume(SOURCE, spec("n1", null));
        eventually().until(() -> objects.phase(SOURCE) == VolumePhase.READY);

        objects.createVolume(CLONE, spec("n2", new Origin(OriginKind.VOLUME, SOURCE, "n1", SNAPSHOT, SIZE)));
        objects.createHydration();
        objects.createExport();
        objects.createSnapshot();

        eventually().until(() -> objects.phase(CLONE) == VolumePhase.READY);
        eventually().until(() -> objects.hydration().getStatus() != null);
        mountClone();
        eventually().until(() -> {
            second.hydrateAll();
            return objects.volume(CLONE).getStatus().hydrated();
        });
        eventually()
                .untilAsserted(() -> assertThat(objects.hydration().getStatus())
                        .extracting(CloneHydrationStatus::phase)
                        .isEqualTo(HydrationPhase.HYDRATED));
        HydrationSummary summary =
                Objects.requireNonNull(objects.hydration().getStatus().summary());
        assertThat(summary.progress()).isEqualTo("100%");
        assertThat(summary.origin()).isEqualTo("n1/" + SOURCE.substring(0, 10));

        release();
        eventually().until(() -> objects.export().getStatus().phase() == ServedPhase.REMOVED);
        eventually().until(() -> objects.snapshot().getStatus().phase() == ServedPhase.REMOVED);
        assertThat(first.leftovers()).noneMatch(left -> left.contains("target") || left.contains(SNAPSHOT));
    }

    @Test
    void aSnapshotOfAHydratingCloneIsReadyAtOnceAndStackedWithAnExportOfItsOwn() {
        objects.createVolume(SOURCE, spec("n1", null));
        eventually().until(() -> objects.phase(SOURCE) == VolumePhase.READY);
        objects.createVolume(CLONE, spec("n2", new Origin(OriginKind.VOLUME, SOURCE, "n1", SNAPSHOT, SIZE)));
        objects.createExport();
        objects.createSnapshot();
        eventually().until(() -> objects.phase(CLONE) == VolumePhase.READY);

        objects.createSnapshot(
                COMPOSITE,
                new SnapshotSpec(
                        "composite",
                        CLONE,
                        "n2",
                        "fast",
                        false,
                        null,
                        DesiredState.PRESENT,
                        new Feed("n1", SNAPSHOT, SIZE),
                        null,
                        null,
                        null,
                        null,
                        null));

        eventually()
                .until(() -> objects.status(COMPOSITE) != null
                        && objects.status(COMPOSITE).phase() == ServedPhase.READY);
        assertThat(objects.status(COMPOSITE).hydrated()).isFalse();
        objects.createExport(COMPOSITE);
        eventually().until(() -> second.leftovers().contains("dm " + Names.outerDevice(COMPOSITE)));

        client.resources(Snapshot.class).withName(COMPOSITE).edit(snapshot -> {
            snapshot.setSpec(snapshot.getSpec().withState(DesiredState.ABSENT));
            return snapshot;
        });
        eventually().until(() -> objects.status(COMPOSITE).phase() == ServedPhase.REMOVED);
        assertThat(second.leftovers()).noneMatch(left -> left.contains(COMPOSITE.substring(2)));
    }

    @Test
    void aVolumeOfAnotherNodeIsExplainedAndAnUnknownOneIsNotFound() {
        objects.createVolume(SOURCE, spec("n1", null));

        assertThatThrownBy(() -> home.directory.awaitReady(SOURCE, Duration.ofMillis(200)))
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
                .hasMessageContaining("lives on node n1");
        assertThatThrownBy(() -> home.directory.awaitReady(CLONE, Duration.ofMillis(200)))
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND));
    }

    @Test
    void aFailureOfTheHostIsShownAndRetried() {
        first.faults().failNext("LogicalVolumes.ensure", new SluiceException(ErrorKind.NO_SPACE, "the pool is full"));

        objects.createVolume(SOURCE, spec("n1", null));

        eventually().until(() -> objects.volume(SOURCE).getStatus() != null);
        eventually().until(() -> objects.phase(SOURCE) == VolumePhase.READY);
        assertThat(objects.volume(SOURCE).getStatus().reason()).isNull();
        assertThat(objects.volume(SOURCE).getStatus().message()).isNull();
    }

    @Test
    void anExpansionWithoutRoomIsToldAndTheVolumeStaysReady() {
        objects.createVolume(SOURCE, spec("n1", null));
        eventually().until(() -> objects.phase(SOURCE) == VolumePhase.READY);
        first.faults().failNext("LogicalVolumes.extend", new SluiceException(ErrorKind.NO_SPACE, "the pool is full"));

        resize(4 * SIZE);

        eventually()
                .until(() -> "NoSpace".equals(objects.volume(SOURCE).getStatus().reason()));
        assertThat(objects.phase(SOURCE)).isEqualTo(VolumePhase.READY);
        assertThat(objects.volume(SOURCE).getStatus().sizeBytes()).isEqualTo(SIZE);
        assertThat(objects.volume(SOURCE).getStatus().message()).contains("cannot grow to " + 4 * SIZE);
        assertThat(origin.directory.awaitReady(SOURCE, Duration.ofSeconds(5)).id())
                .isEqualTo(SOURCE);
        resize(2 * SIZE);
        eventually()
                .until(() -> Long.valueOf(2 * SIZE)
                        .equals(objects.volume(SOURCE).getStatus().sizeBytes()));
        assertThat(objects.volume(SOURCE).getStatus().reason()).isNull();
    }

    @Test
    void whatIsAskedOfAHydrationIsObeyedWithinFiveSeconds() {
        objects.createVolume(SOURCE, spec("n1", null));
        eventually().until(() -> objects.phase(SOURCE) == VolumePhase.READY);
        objects.createVolume(CLONE, spec("n2", new Origin(OriginKind.VOLUME, SOURCE, "n1", SNAPSHOT, SIZE)));
        objects.createHydration();
        objects.createExport();
        objects.createSnapshot();
        eventually().until(() -> objects.phase(CLONE) == VolumePhase.READY);
        mountClone();

        client.resources(Volume.class).withName(CLONE).edit(volume -> {
            volume.setSpec(volume.getSpec().withHydration(new HydrationSettings(true, 9L << 20, 2, null, 1L << 20)));
            return volume;
        });

        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> objects.hydration().getStatus() != null
                        && objects.hydration().getStatus().phase() == HydrationPhase.PAUSED);
    }

    private void resize(long bytes) {
        client.resources(Volume.class).withName(SOURCE).edit(volume -> {
            volume.setSpec(volume.getSpec().withSize(bytes));
            return volume;
        });
    }

    @Test
    void attachmentsAndStorageNodeAreWritten() {
        origin.directory.createAttachment(SOURCE);
        origin.directory.createAttachment(SOURCE);
        assertThat(origin.directory.attachments()).containsExactly(SOURCE);
        origin.directory.removeAttachment(SOURCE);
        origin.directory.removeAttachment(SOURCE);
        assertThat(origin.directory.attachments()).isEmpty();

        StorageNode node = client.resources(StorageNode.class).withName("n1").get();
        assertThat(node.getStatus().initiatorName()).isEqualTo(first.initiatorName());
        assertThat(node.getStatus().pools()).hasSize(1);
        origin.cluster.renewLease(Clock.systemUTC().instant(), Duration.ofSeconds(40));
        origin.cluster.renewLease(Clock.systemUTC().instant(), Duration.ofSeconds(40));
        assertThat(client.leases()
                        .inNamespace("sluice-system")
                        .withName("node-n1")
                        .get())
                .isNotNull();
    }

    /** Copying begins once a pod has the volume. */
    private void mountClone() {
        BlockDevice outer = second.host()
                .deviceMapper()
                .find(Names.outerDevice(CLONE))
                .orElseThrow()
                .device();
        second.host().mounts().ensure(outer, Path.of("/pods/clone"), "ext4", List.of());
    }

    private void release() {
        client.resources(Export.class).withName(Names.export(CLONE, 1)).edit(export -> {
            export.setSpec(export.getSpec().withState(DesiredState.ABSENT));
            return export;
        });
        eventually().until(() -> objects.export().getStatus().phase() == ServedPhase.REMOVED);
        client.resources(Snapshot.class).withName(SNAPSHOT).edit(snapshot -> {
            snapshot.setSpec(snapshot.getSpec().withState(DesiredState.ABSENT));
            return snapshot;
        });
    }

    // Copying begins ten seconds after a pod does, and processors are shared.
    private static ConditionFactory eventually() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }
}
