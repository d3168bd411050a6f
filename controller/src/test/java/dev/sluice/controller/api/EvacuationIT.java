package dev.sluice.controller.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.Allocation;
import dev.sluice.api.Condition;
import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Placement;
import dev.sluice.api.PoolStatus;
import dev.sluice.api.StorageNode;
import dev.sluice.api.StorageNodeSpec;
import dev.sluice.api.StorageNodeStatus;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.controller.domain.ClaimSet;
import dev.sluice.controller.domain.Operations;
import dev.sluice.controller.domain.Registry;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
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

    private Registry registry;
    private Operator operator;

    @BeforeEach
    void start() {
        registry = ControllerClusterAccess.registry(client, "sluice-system", Clock.systemUTC());
        Operations operations = Operations.over(registry);
        for (String name : List.of("n1", "n2")) {
            createNode(name);
        }
        operator = Reconciliation.operator(client, registry, operations, Clock.systemUTC(), overrider -> {});
        Reconciliation.evacuate(operator, client, registry, operations, 1, new FastClock());
        operator.start();
    }

    @AfterEach
    void stop() {
        operator.stop();
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

    private void createNode(String name) {
        String now = Clock.systemUTC().instant().toString();
        client.resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withNamespace("sluice-system")
                        .withName("node-" + name)
                        .endMetadata()
                        .withNewSpec()
                        .withRenewTime(Clock.systemUTC().instant().atZone(ZoneOffset.UTC))
                        .endSpec()
                        .build())
                .create();
        StorageNode node = new StorageNode();
        node.setMetadata(new ObjectMetaBuilder().withName(name).build());
        node.setSpec(StorageNodeSpec.DEFAULT);
        client.resource(node).create();
        node.setStatus(new StorageNodeStatus(
                "10.0.0.1",
                "key",
                "iqn",
                "6.1",
                "dm-clone",
                List.of(new PoolStatus("fast", "vg", "thin", "vg-" + name, 100L << 30, 100L << 30, 1, 65536)),
                List.of(),
                List.of(new Condition("Ready", "True", "PreflightPassed", "fit", now, null))));
        client.resource(node).updateStatus();
    }

    private void createVolume(Placement placement) {
        registry.volumes()
                .create(
                        ID,
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
                                HydrationSettings.DEFAULT,
                                DesiredState.PRESENT));
        Volume volume = volume();
        volume.setStatus(
                new VolumeStatus(1, VolumePhase.READY, new Allocation("vg", "lv"), true, 1L << 30, null, null, null));
        client.resource(volume).updateStatus();
    }

    private Volume volume() {
        return client.resources(Volume.class).withName(ID).get();
    }
}
