package dev.sluice.controller.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.Allocation;
import dev.sluice.api.Attachment;
import dev.sluice.api.AttachmentSpec;
import dev.sluice.api.AttachmentState;
import dev.sluice.api.ClaimReference;
import dev.sluice.api.CloneHydration;
import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Export;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.Snapshot;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.StorageNode;
import dev.sluice.api.StorageNodeSpec;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.controller.domain.Registry;
import dev.sluice.controller.fake.TestOperations;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.javaoperatorsdk.operator.Operator;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The reconcilers on an API server in memory; the test plays the nodes. */
@EnableKubernetesMockClient(crud = true)
class ReconcilersIT {
    private static final String ID = Names.volumeId("clone");
    private static final String SNAPSHOT = Names.cloneSnapshotId(ID);
    private static final String EXPORT = Names.export(ID, 1);

    @SuppressWarnings("NullAway.Init")
    private KubernetesClient client;

    private Registry registry;
    private StartingPods starting;
    private Operator operator;

    @BeforeEach
    void start() {
        Clock clock = Clock.systemUTC();
        createNode("n1");
        createNode("n2");
        // The server in memory knows no field selector of pods: all are watched.
        starting = new StartingPods(client.pods().inAnyNamespace().runnableInformer(0));
        registry = ControllerClusterAccess.registry(client, "sluice-system", starting, clock);
        operator = Reconciliation.operator(
                client, registry, starting, TestOperations.over(registry), clock, overrider -> {});
        operator.start();
        client.resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName("clone")
                        .withUid("1234")
                        .endMetadata()
                        .withNewSpec()
                        .withVolumeName("pvc-clone")
                        .endSpec()
                        .build())
                .create();
    }

    @AfterEach
    void stop() {
        operator.stop();
        starting.close();
    }

    @Test
    void anObjectThatSeveralForgetAtOnceIsGoneForEachOfThem() {
        for (int round = 0; round < 20; round++) {
            String id = Names.snapshotId("round-" + round);
            registry.snapshots().create(id, new SnapshotSpec(id, ID, "n1", "fast", true, ID, DesiredState.PRESENT));
            var seen = registry.snapshots().find(id).orElseThrow();
            try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
                var calls = IntStream.range(0, 4)
                        .mapToObj(caller ->
                                callers.submit(() -> registry.snapshots().forget(seen)))
                        .toList();
                assertThat(calls).allSatisfy(call -> assertThat(call).succeedsWithin(Duration.ofSeconds(10)));
            }
            assertThat(registry.snapshots().find(id)).isEmpty();
        }
    }

    @Test
    void aCloneGetsWhatItNeedsAndLetsItGoWhenHydrated() {
        createClone();
        await().until(() -> hydration() != null
                && !hydration().getMetadata().getOwnerReferences().isEmpty());
        Export export = client.resources(Export.class).withName(EXPORT).get();
        assertThat(export.getMetadata().getFinalizers()).containsExactly(Names.FINALIZER);
        assertThat(export.getMetadata().getLabels())
                .containsEntry(Names.LABEL_NODE, "n1")
                .containsEntry(Names.LABEL_VOLUME, ID)
                .containsEntry(Names.concernsLabel("n2"), "true");
        assertThat(client.resources(Snapshot.class)
                        .withName(SNAPSHOT)
                        .get()
                        .getSpec()
                        .forVolume())
                .isEqualTo(ID);

        change(Volume.class, ID, volume -> volume.setStatus(volumeStatus(true)));
        await().until(() ->
                client.resources(Export.class).withName(EXPORT).get().getSpec().state() == DesiredState.ABSENT);
        assertThat(client.resources(Snapshot.class)
                        .withName(SNAPSHOT)
                        .get()
                        .getSpec()
                        .state())
                .isEqualTo(DesiredState.PRESENT);
        change(
                Export.class,
                EXPORT,
                each -> each.setStatus(new ExportStatus(
                        ServedPhase.REMOVED, null, null, null, null, null, null, null, null, null, null)));
        await().until(() -> client.resources(Snapshot.class)
                        .withName(SNAPSHOT)
                        .get()
                        .getSpec()
                        .state()
                == DesiredState.ABSENT);
        change(
                Snapshot.class,
                SNAPSHOT,
                each -> each.setStatus(new SnapshotStatus(ServedPhase.REMOVED, null, null, null, null, null)));
        await().until(() -> client.resources(Snapshot.class).withName(SNAPSHOT).get() == null);
        assertThat(client.resources(Export.class).withName(EXPORT).get()).isNull();
        assertThat(client.resources(Volume.class).withName(ID).get()).isNotNull();
    }

    @Test
    void aDeletedHydrationComesBackAndAUsersWishReachesTheVolume() {
        createClone();
        await().until(() -> hydration() != null);
        String uid = hydration().getMetadata().getUid();
        client.resource(hydration()).delete();
        await().until(() ->
                hydration() != null && !hydration().getMetadata().getUid().equals(uid));

        await().until(() -> !hydration().getMetadata().getOwnerReferences().isEmpty());
        client.resources(CloneHydration.class)
                .inNamespace("default")
                .withName("clone")
                .edit(each -> {
                    var spec = each.getSpec();
                    each.setSpec(new dev.sluice.api.CloneHydrationSpec(
                            spec.volume(), spec.volumeUid(), spec.epoch(), spec.node(), true, 42L, 0));
                    return each;
                });
        await().until(() -> client.resources(Volume.class)
                .withName(ID)
                .get()
                .getSpec()
                .hydration()
                .equals(new HydrationSettings(true, 42L, 0, null)));
    }

    @Test
    void eventsAreToldOnce() {
        createClone();
        await().until(() -> hydration() != null);
        for (int round = 0; round < 2; round++) {
            long copied = round;
            CloneHydration reported = hydration();
            reported.setStatus(hydrationStatus(copied));
            client.resource(reported).updateStatus();
        }
        await().until(() ->
                client.v1().events().inNamespace("default").list().getItems().size() == 3);
        assertThat(client.v1().events().inNamespace("default").list().getItems())
                .extracting(Event::getReason)
                .containsExactlyInAnyOrder("HydrationStarted", "VolumeUsable", "HydrationStalled");
        assertThat(client.v1().events().inNamespace("default").list().getItems())
                .allSatisfy(
                        event -> assertThat(event.getInvolvedObject().getName()).isEqualTo("clone"));
    }

    @Test
    void attachmentsAreGrantedAtHomeOnly() {
        createClone();
        attach("n2");
        attach("n1");
        await().until(() -> state("n2") == AttachmentState.GRANTED && state("n1") == AttachmentState.WAITING);
        assertThat(client.resources(Attachment.class)
                        .withName(Names.attachment(ID, "n1"))
                        .get()
                        .getStatus()
                        .message())
                .isEqualTo("volume " + ID + " is pinned to node n2: run the pod there");
    }

    @Test
    void aShelfHoldsToVersions() {
        assertThat(registry.volumes().create(ID, spec())).isTrue();
        assertThat(registry.volumes().create(ID, spec())).isFalse();
        var seen = registry.volumes().find(ID).orElseThrow();
        registry.volumes().replace(seen, seen.spec().withSize(8L << 20));
        assertThatThrownBy(() -> registry.volumes().replace(seen, seen.spec()))
                .isInstanceOf(SluiceException.class)
                .hasMessageContaining("changed by someone else");
        assertThat(registry.volumes().await(ID, each -> false, Duration.ofMillis(100)))
                .isPresent();
        assertThat(registry.volumes().await(Names.volumeId("x"), each -> false, Duration.ofMillis(100)))
                .isEmpty();
    }

    private void createNode(String name) {
        StorageNode node = new StorageNode();
        node.setMetadata(new ObjectMetaBuilder().withName(name).build());
        node.setSpec(StorageNodeSpec.DEFAULT);
        client.resource(node).create();
    }

    private void createClone() {
        assertThat(registry.volumes().create(ID, spec())).isTrue();
    }

    private static VolumeSpec spec() {
        return new VolumeSpec(
                "clone",
                1L << 30,
                "fast",
                VolumeMode.FILESYSTEM,
                "ext4",
                Placement.PINNED,
                "n2",
                null,
                1,
                new Origin(OriginKind.VOLUME, Names.volumeId("source"), "n1", SNAPSHOT, 1L << 30),
                new ClaimReference("default", "clone", "pvc-clone"),
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT);
    }

    private static VolumeStatus volumeStatus(boolean hydrated) {
        return new VolumeStatus(1, VolumePhase.READY, new Allocation("vg", "lv"), hydrated, 1L << 30, null, null, null);
    }

    private static CloneHydrationStatus hydrationStatus(long copied) {
        String now = Clock.systemUTC().instant().toString();
        return new CloneHydrationStatus(
                HydrationPhase.STALLED,
                1,
                null,
                "dm-clone",
                100,
                copied,
                copied,
                0,
                100 - copied,
                null,
                null,
                now,
                now,
                null,
                "SourceSlow",
                null,
                null,
                null);
    }

    private void attach(String node) {
        Attachment attachment = new Attachment();
        attachment.setMetadata(
                new ObjectMetaBuilder().withName(Names.attachment(ID, node)).build());
        attachment.setSpec(new AttachmentSpec(ID, node));
        client.resource(attachment).create();
    }

    private @Nullable AttachmentState state(String node) {
        var status = client.resources(Attachment.class)
                .withName(Names.attachment(ID, node))
                .get()
                .getStatus();
        return status == null ? null : status.state();
    }

    private CloneHydration hydration() {
        return client.resources(CloneHydration.class)
                .inNamespace("default")
                .withName("clone")
                .get();
    }

    private <R extends CustomResource<?, ?>> void change(Class<R> type, String name, Consumer<R> report) {
        R object = client.resources(type).withName(name).get();
        report.accept(object);
        client.resource(object).updateStatus();
    }
}
