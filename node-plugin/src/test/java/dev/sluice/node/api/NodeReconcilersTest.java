package dev.sluice.node.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.CloneHydration;
import dev.sluice.api.CloneHydrationSpec;
import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Export;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.Feed;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.HydrationSummary;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.Snapshot;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.StorageNode;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.FakeNetwork;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two whole nodes on one API server; the test plays the controller. */
@EnableKubernetesMockClient(crud = true)
class NodeReconcilersTest {
    private static final long SIZE = 64L << 20;
    private static final String SOURCE = Names.volumeId("source");
    private static final String CLONE = Names.volumeId("clone");
    private static final String SNAPSHOT = Names.cloneSnapshotId(CLONE);
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

    @BeforeEach
    void start() {
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
        createVolume(SOURCE, spec("n1", null));
        eventually().until(() -> phase(SOURCE) == VolumePhase.READY);
        assertThat(volume(SOURCE).getStatus().allocated()).isNotNull();
        assertThat(volume(SOURCE).getStatus().hydrated()).isTrue();
        assertThat(origin.directory.awaitReady(SOURCE, Duration.ofSeconds(5)).fsType())
                .isEqualTo("ext4");

        client.resources(Volume.class).withName(SOURCE).edit(volume -> {
            volume.setSpec(volume.getSpec().withState(DesiredState.ABSENT));
            return volume;
        });

        eventually().until(() -> phase(SOURCE) == VolumePhase.REMOVED);
        assertThat(first.leftovers()).isEmpty();
    }

    @Test
    void anObjectThatVanishesTakesNoDataWithIt() {
        createVolume(SOURCE, spec("n1", null));
        eventually().until(() -> phase(SOURCE) == VolumePhase.READY);

        client.resources(Volume.class).withName(SOURCE).delete();
        createVolume(Names.volumeId("later"), spec("n1", null));

        eventually().until(() -> phase(Names.volumeId("later")) == VolumePhase.READY);
        assertThat(first.leftovers()).contains("lv " + SOURCE);
    }

    @Test
    void aCloneAcrossNodesBecomesReadyHydratesAndIsReleased() {
        createVolume(SOURCE, spec("n1", null));
        eventually().until(() -> phase(SOURCE) == VolumePhase.READY);

        createVolume(CLONE, spec("n2", new Origin(OriginKind.VOLUME, SOURCE, "n1", SNAPSHOT, SIZE)));
        createHydration();
        createExport();
        createSnapshot();

        eventually().until(() -> phase(CLONE) == VolumePhase.READY);
        eventually().until(() -> hydration().getStatus() != null);
        mountClone();
        eventually().until(() -> {
            second.hydrateAll();
            return volume(CLONE).getStatus().hydrated();
        });
        eventually()
                .untilAsserted(() -> assertThat(hydration().getStatus())
                        .extracting(CloneHydrationStatus::phase)
                        .isEqualTo(HydrationPhase.HYDRATED));
        HydrationSummary summary =
                Objects.requireNonNull(hydration().getStatus().summary());
        assertThat(summary.progress()).isEqualTo("100%");
        assertThat(summary.origin()).isEqualTo("n1/" + SOURCE.substring(0, 10));

        release();
        eventually().until(() -> export().getStatus().phase() == ServedPhase.REMOVED);
        eventually().until(() -> snapshot().getStatus().phase() == ServedPhase.REMOVED);
        assertThat(first.leftovers()).noneMatch(left -> left.contains("target") || left.contains(SNAPSHOT));
    }

    @Test
    void aSnapshotOfAHydratingCloneIsReadyAtOnceAndStackedWithAnExportOfItsOwn() {
        createVolume(SOURCE, spec("n1", null));
        eventually().until(() -> phase(SOURCE) == VolumePhase.READY);
        createVolume(CLONE, spec("n2", new Origin(OriginKind.VOLUME, SOURCE, "n1", SNAPSHOT, SIZE)));
        createExport();
        createSnapshot();
        eventually().until(() -> phase(CLONE) == VolumePhase.READY);

        createSnapshot(
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

        eventually().until(() -> status(COMPOSITE) != null && status(COMPOSITE).phase() == ServedPhase.READY);
        assertThat(status(COMPOSITE).hydrated()).isFalse();
        createExport(COMPOSITE);
        eventually().until(() -> second.leftovers().contains("dm " + Names.outerDevice(COMPOSITE)));

        client.resources(Snapshot.class).withName(COMPOSITE).edit(snapshot -> {
            snapshot.setSpec(snapshot.getSpec().withState(DesiredState.ABSENT));
            return snapshot;
        });
        eventually().until(() -> status(COMPOSITE).phase() == ServedPhase.REMOVED);
        assertThat(second.leftovers()).noneMatch(left -> left.contains(COMPOSITE.substring(2)));
    }

    @Test
    void aVolumeOfAnotherNodeIsExplainedAndAnUnknownOneIsNotFound() {
        createVolume(SOURCE, spec("n1", null));

        assertThatThrownBy(() -> home.directory.awaitReady(SOURCE, Duration.ofMillis(200)))
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.IN_USE))
                .hasMessageContaining("lives on node n1");
        assertThatThrownBy(() -> home.directory.awaitReady(CLONE, Duration.ofMillis(200)))
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND));
    }

    @Test
    void aFailureOfTheHostIsShownAndRetried() {
        first.faults().failNext("LogicalVolumes.ensure", new SluiceException(ErrorKind.NO_SPACE, "the pool is full"));

        createVolume(SOURCE, spec("n1", null));

        eventually().until(() -> volume(SOURCE).getStatus() != null);
        eventually().until(() -> phase(SOURCE) == VolumePhase.READY);
        assertThat(volume(SOURCE).getStatus().reason()).isNull();
        assertThat(volume(SOURCE).getStatus().message()).isNull();
    }

    @Test
    void anExpansionWithoutRoomIsToldAndTheVolumeStaysReady() {
        createVolume(SOURCE, spec("n1", null));
        eventually().until(() -> phase(SOURCE) == VolumePhase.READY);
        first.faults().failNext("LogicalVolumes.extend", new SluiceException(ErrorKind.NO_SPACE, "the pool is full"));

        resize(4 * SIZE);

        eventually().until(() -> "NoSpace".equals(volume(SOURCE).getStatus().reason()));
        assertThat(phase(SOURCE)).isEqualTo(VolumePhase.READY);
        assertThat(volume(SOURCE).getStatus().sizeBytes()).isEqualTo(SIZE);
        assertThat(volume(SOURCE).getStatus().message()).contains("cannot grow to " + 4 * SIZE);
        assertThat(origin.directory.awaitReady(SOURCE, Duration.ofSeconds(5)).id())
                .isEqualTo(SOURCE);
        resize(2 * SIZE);
        eventually()
                .until(() ->
                        Long.valueOf(2 * SIZE).equals(volume(SOURCE).getStatus().sizeBytes()));
        assertThat(volume(SOURCE).getStatus().reason()).isNull();
    }

    @Test
    void whatIsAskedOfAHydrationIsObeyedWithinFiveSeconds() {
        createVolume(SOURCE, spec("n1", null));
        eventually().until(() -> phase(SOURCE) == VolumePhase.READY);
        createVolume(CLONE, spec("n2", new Origin(OriginKind.VOLUME, SOURCE, "n1", SNAPSHOT, SIZE)));
        createHydration();
        createExport();
        createSnapshot();
        eventually().until(() -> phase(CLONE) == VolumePhase.READY);
        mountClone();

        client.resources(Volume.class).withName(CLONE).edit(volume -> {
            volume.setSpec(volume.getSpec().withHydration(new HydrationSettings(true, 9L << 20, 2, null, 1L << 20)));
            return volume;
        });

        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> hydration().getStatus() != null
                        && hydration().getStatus().phase() == HydrationPhase.PAUSED);
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

    private VolumePhase phase(String id) {
        Volume volume = volume(id);
        return volume.getStatus() == null
                ? VolumePhase.PENDING
                : volume.getStatus().phase();
    }

    private Volume volume(String id) {
        return client.resources(Volume.class).withName(id).get();
    }

    private Export export() {
        return client.resources(Export.class).withName(Names.export(CLONE, 1)).get();
    }

    private Snapshot snapshot() {
        return client.resources(Snapshot.class).withName(SNAPSHOT).get();
    }

    private CloneHydration hydration() {
        return client.resources(CloneHydration.class)
                .inNamespace("apps")
                .withName("data")
                .get();
    }

    private void release() {
        client.resources(Export.class).withName(Names.export(CLONE, 1)).edit(export -> {
            export.setSpec(export.getSpec().withState(DesiredState.ABSENT));
            return export;
        });
        eventually().until(() -> export().getStatus().phase() == ServedPhase.REMOVED);
        client.resources(Snapshot.class).withName(SNAPSHOT).edit(snapshot -> {
            snapshot.setSpec(snapshot.getSpec().withState(DesiredState.ABSENT));
            return snapshot;
        });
    }

    private static VolumeSpec spec(String node, @Nullable Origin source) {
        ClaimReference claim = source == null ? null : new ClaimReference("apps", "data", null);
        return new VolumeSpec(
                "request",
                SIZE,
                "fast",
                VolumeMode.FILESYSTEM,
                "ext4",
                Placement.PINNED,
                node,
                null,
                1,
                source,
                claim,
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT);
    }

    private void createVolume(String id, VolumeSpec spec) {
        Volume volume = new Volume();
        volume.setMetadata(new ObjectMetaBuilder()
                .withName(id)
                .addToLabels(Names.concernsLabel(spec.home()), "true")
                .build());
        volume.setSpec(spec);
        client.resource(volume).create();
    }

    private void createSnapshot() {
        createSnapshot(SNAPSHOT, new SnapshotSpec(CLONE, SOURCE, "n1", "fast", true, CLONE, DesiredState.PRESENT));
    }

    private void createSnapshot(String id, SnapshotSpec spec) {
        Snapshot snapshot = new Snapshot();
        snapshot.setMetadata(new ObjectMetaBuilder()
                .withName(id)
                .addToLabels(Names.LABEL_NODE, spec.node())
                .build());
        snapshot.setSpec(spec);
        client.resource(snapshot).create();
    }

    private SnapshotStatus status(String snapshot) {
        return client.resources(Snapshot.class).withName(snapshot).get().getStatus();
    }

    private void createExport() {
        createExport(CLONE);
    }

    private void createExport(String fed) {
        Export export = new Export();
        export.setMetadata(new ObjectMetaBuilder()
                .withName(Names.export(fed, 1))
                .addToLabels(Names.LABEL_NODE, "n1")
                .addToLabels(Names.concernsLabel("n2"), "true")
                .build());
        export.setSpec(new ExportSpec(SNAPSHOT, "n1", "n2", fed, 1, DesiredState.PRESENT));
        client.resource(export).create();
    }

    private void createHydration() {
        CloneHydration hydration = new CloneHydration();
        hydration.setMetadata(
                new ObjectMetaBuilder().withName("data").withNamespace("apps").build());
        String uid = volume(CLONE).getMetadata().getUid();
        hydration.setSpec(new CloneHydrationSpec(CLONE, uid, 1, "n2", false, null, 0));
        client.resource(hydration).create();
    }

    // Copying begins ten seconds after a pod does, and processors are shared.
    private static ConditionFactory eventually() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }
}
