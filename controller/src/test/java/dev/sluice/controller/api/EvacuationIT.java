package dev.sluice.controller.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.Allocation;
import dev.sluice.api.Condition;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Export;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.Placement;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.Snapshot;
import dev.sluice.api.SnapshotMove;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.StorageNode;
import dev.sluice.api.StorageNodeSpec;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeStatus;
import dev.sluice.controller.domain.ClaimSet;
import dev.sluice.controller.domain.Operations;
import dev.sluice.controller.domain.Registry;
import dev.sluice.controller.fake.TestOperations;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.javaoperatorsdk.operator.Operator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes that are emptied, on an API server in memory. */
@EnableKubernetesMockClient(crud = true)
class EvacuationIT {
    private static final String ID = Names.volumeId("data");
    private static final String SNAPSHOT = Names.snapshotId("kept");
    private static final String INSTANT = "2026-01-01T00:00:00Z";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Goes on by an hour with each look, so that nothing has to be waited for. */
    private static final class FastClock extends Clock {
        private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));

        @Override
        public Instant instant() {
            return now.updateAndGet(before -> before.plus(Duration.ofHours(1)));
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @SuppressWarnings("NullAway.Init")
    private KubernetesClient client;

    private StartingPods starting;
    private Registry registry;
    private Operator operator;

    @BeforeEach
    void start() {
        starting = StartingPods.watch(client);
        registry = ControllerClusterAccess.registry(client, "sluice-system", starting, Clock.systemUTC());
        Operations operations = TestOperations.over(registry);
        for (String name : List.of("n1", "n2")) {
            TestObjects.createNode(client, name);
        }
        operator = Reconciliation.operator(client, registry, starting, operations, Clock.systemUTC(), overrider -> {});
        Reconciliation.evacuate(operator, client, registry, operations, 1, new FastClock());
        operator.start();
    }

    @AfterEach
    void stop() {
        operator.stop();
        starting.close();
    }

    @Test
    void aNodeIsEvacuatedWhenNothingIsLeftAndNeverFromAnEarlierTime() {
        createVolume(Placement.PINNED);
        evacuate(true);
        eventually("Holding");
        assertThat(condition("n1").orElseThrow().message()).contains("pinned to this node: " + ID);
        assertThat(registry.nodes().find("n1").orElseThrow().unfit()).contains("is being evacuated");

        client.resources(Volume.class).withName(ID).edit(volume -> {
            volume.getMetadata().setFinalizers(List.of());
            return volume;
        });
        client.resources(Volume.class).withName(ID).delete();
        await().atMost(PATIENCE)
                .until(() -> condition("n1")
                        .filter(each -> each.status().equals("True"))
                        .isPresent());
        StorageNode node = node("n1");
        assertThat(condition("n1").orElseThrow().observedGeneration())
                .isEqualTo(node.getMetadata().getGeneration());
        assertThat(node.getStatus().conditions())
                .as("the node's own condition stays")
                .extracting(Condition::type)
                .contains("Ready");

        evacuate(false);
        await().atMost(PATIENCE).until(() -> condition("n1").isEmpty());
        assertThat(registry.nodes().find("n1").orElseThrow().unfit()).isEmpty();
    }

    @Test
    void anIdleVolumeIsSentAwayAndTakenBackWhenTheEvacuationEnds() {
        createVolume(Placement.FOLLOW);
        evacuate(true);
        await().atMost(PATIENCE).until(() -> "n2".equals(volume().getSpec().target()));
        String export = Names.export(ID, 2);
        await().atMost(PATIENCE).until(() -> registry.exports().find(export).isPresent());
        eventually("Moving");

        evacuate(false);
        await().atMost(PATIENCE)
                .until(() -> registry.exports()
                        .find(export)
                        .filter(each -> each.spec().state() == DesiredState.ABSENT)
                        .isPresent());
    }

    @Test
    void aSnapshotIsCopiedThenAtHomeThereThenWhatItLeftIsOrderedAway() {
        createVolume(Placement.PINNED);
        createSnapshot();
        evacuate(true);
        String copy = Names.snapshotCopy(SNAPSHOT, "n2");
        await().atMost(PATIENCE).until(() -> registry.volumes().find(copy).isPresent());
        assertThat(snapshot().getSpec().target()).isEqualTo("n2");
        await().atMost(PATIENCE)
                .until(() ->
                        registry.hydrations().find("sluice-system/" + SNAPSHOT).isPresent());

        report(copy, VolumePhase.READY, true);
        await().atMost(PATIENCE).until(() -> snapshot().getSpec().node().equals("n2"));
        assertThat(snapshot().getMetadata().getLabels())
                .as("by which its node finds it")
                .containsEntry(Names.LABEL_NODE, "n2");
        assertThat(snapshot().getSpec().move())
                .isEqualTo(new SnapshotMove(2, copy, INSTANT, new SnapshotMove.Left("n1", "lv-1")));
        assertThat(registry.exports().find(Names.export(SNAPSHOT, 2))).isEmpty();

        report("lv-2");
        await().atMost(PATIENCE)
                .until(() -> registry.volumes().find(copy).orElseThrow().spec().state() == DesiredState.ABSENT);
        report(copy, VolumePhase.REMOVED, false);
        await().atMost(PATIENCE).until(() -> endExports(copy));
        await().atMost(PATIENCE)
                .until(() -> registry.exports().find(Names.export(SNAPSHOT, 2)).isPresent());
        assertThat(registry.exports()
                        .find(Names.export(SNAPSHOT, 2))
                        .orElseThrow()
                        .spec()
                        .release())
                .isEqualTo("lv-1");
        await().atMost(PATIENCE).until(() -> endExports(SNAPSHOT));
        assertThat(snapshot().getSpec().settled()).isTrue();
    }

    /** Plays the node that serves what is ordered away; true when the controller has forgotten all of them. */
    private boolean endExports(String fed) {
        registry.exports().findByVolume(fed).stream()
                .filter(each -> each.spec().state() == DesiredState.ABSENT && each.status() == null)
                .forEach(each -> client.resources(Export.class)
                        .withName(each.key())
                        .editStatus(export -> {
                            export.setStatus(new ExportStatus(
                                    ServedPhase.REMOVED, null, null, null, null, null, null, null, null, null, null));
                            return export;
                        }));
        return registry.exports().findByVolume(fed).isEmpty();
    }

    private void createSnapshot() {
        registry.snapshots()
                .create(SNAPSHOT, new SnapshotSpec("kept", ID, "n1", "fast", false, null, DesiredState.PRESENT));
        report("lv-1");
    }

    /** What the home of the snapshot says. */
    private void report(String lvUuid) {
        client.resources(Snapshot.class).withName(SNAPSHOT).editStatus(snapshot -> {
            snapshot.setStatus(new SnapshotStatus(ServedPhase.READY, lvUuid, 1L << 30, INSTANT, null, null, true));
            return snapshot;
        });
    }

    private void report(String volume, VolumePhase phase, boolean hydrated) {
        client.resources(Volume.class).withName(volume).editStatus(seen -> {
            seen.setStatus(
                    new VolumeStatus(1, phase, new Allocation("vg", "lv-copy"), hydrated, 1L << 30, null, null, null));
            return seen;
        });
    }

    private Snapshot snapshot() {
        return client.resources(Snapshot.class).withName(SNAPSHOT).get();
    }

    @Test
    void aCordonedNodeWithTheAnnotationIsEvacuated() {
        client.nodes()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName("n1")
                        .addToAnnotations(Names.ANNOTATION_EVACUATE, "true")
                        .endMetadata()
                        .withNewSpec()
                        .endSpec()
                        .build())
                .create();
        cordon(true);
        await().atMost(PATIENCE).until(() -> condition("n1").isPresent());
        assertThat(registry.nodes().find("n1").orElseThrow().evacuating()).isTrue();
        assertThat(condition("n2")).isEmpty();

        cordon(false);
        await().atMost(PATIENCE).until(() -> condition("n1").isEmpty());
    }

    @Test
    void aClaimBelongsToAMemberOfASetThatIsThere() {
        client.resource(new StatefulSetBuilder()
                        .withNewMetadata()
                        .withNamespace("apps")
                        .withName("db")
                        .endMetadata()
                        .withNewSpec()
                        .withVolumeClaimTemplates(new PersistentVolumeClaimBuilder()
                                .withNewMetadata()
                                .withName("data")
                                .endMetadata()
                                .build())
                        .endSpec()
                        .build())
                .create();
        assertThat(new ClusterClaimSets(client).findAll()).containsExactly(new ClaimSet("apps", "db", List.of("data")));
    }

    private void eventually(String reason) {
        await().atMost(PATIENCE)
                .until(() -> condition("n1")
                        .filter(each -> each.reason().equals(reason))
                        .isPresent());
    }

    private Optional<Condition> condition(String name) {
        return node(name).getStatus().foreignConditions().stream().findFirst();
    }

    private StorageNode node(String name) {
        return client.resources(StorageNode.class).withName(name).get();
    }

    private void evacuate(boolean wanted) {
        client.resources(StorageNode.class).withName("n1").edit(node -> {
            node.setSpec(new StorageNodeSpec(wanted, null, null));
            return node;
        });
    }

    private void cordon(boolean wanted) {
        client.nodes().withName("n1").edit(node -> {
            node.getSpec().setUnschedulable(wanted);
            return node;
        });
    }

    private void createVolume(Placement placement) {
        TestObjects.createVolume(client, ID, placement, null);
    }

    private Volume volume() {
        return client.resources(Volume.class).withName(ID).get();
    }
}
