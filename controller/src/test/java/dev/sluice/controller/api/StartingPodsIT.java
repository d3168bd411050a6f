package dev.sluice.controller.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Placement;
import dev.sluice.controller.domain.Registry;
import dev.sluice.controller.fake.TestOperations;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.javaoperatorsdk.operator.Operator;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pods that come and go before their kubelet has asked for a volume, on an API server in memory. */
@EnableKubernetesMockClient(crud = true)
class StartingPodsIT {
    private static final String ID = Names.volumeId("data");
    private static final ClaimReference CLAIM = new ClaimReference("default", "data", "pv-data");

    @SuppressWarnings("NullAway.Init")
    private KubernetesClient client;

    private StartingPods starting;
    private Registry registry;
    private Operator operator;

    @BeforeEach
    void start() {
        List.of("n1", "n2").forEach(name -> TestObjects.createNode(client, name));
        // The server in memory knows no field selector of pods: all are watched.
        starting = new StartingPods(client.pods().inAnyNamespace().runnableInformer(0));
        registry = ControllerClusterAccess.registry(client, "sluice-system", starting, Clock.systemUTC());
        operator = Reconciliation.operator(
                client, registry, starting, TestOperations.over(registry), Clock.systemUTC(), overrider -> {});
        operator.start();
        TestObjects.createVolume(client, ID, Placement.FOLLOW, CLAIM);
        bind("data");
    }

    @AfterEach
    void stop() {
        operator.stop();
        starting.close();
    }

    @Test
    void aVolumeIsSentToWherePodsAreToStartAndTakenBackWhenTheyEnd() {
        create("app-0", "n2", "Pending");
        await().until(() -> "n2".equals(target()));
        await().until(() -> registry.exports().find(Names.export(ID, 2)).isPresent());

        client.pods().inNamespace("default").withName("app-0").delete();
        await().until(() -> registry.exports()
                .find(Names.export(ID, 2))
                .filter(export -> export.spec().state() == DesiredState.ABSENT)
                .isPresent());
    }

    @Test
    void onlyPodsThatAreToStartAndNameTheClaimCount() {
        create("runs", "n2", "Running");
        create("unbound", null, "Pending");
        assertThat(registry.nodes().expected(ID, CLAIM)).isEmpty();

        create("app-0", "n2", "Pending");
        await().until(() -> registry.nodes().expected(ID, CLAIM).equals(List.of("n2")));
        assertThat(registry.nodes().expected(ID, new ClaimReference("default", "other", "pv-data")))
                .isEmpty();
        assertThat(registry.nodes().expected(ID, new ClaimReference("other", "data", "pv-data")))
                .isEmpty();
    }

    @Test
    void aPvThatIsBoundToAnotherClaimByNowIsNotExpected() {
        create("app-0", "n2", "Pending");
        await().until(() -> !registry.nodes().expected(ID, CLAIM).isEmpty());

        client.persistentVolumes().withName("pv-data").delete();
        bind("another");
        assertThat(registry.nodes().expected(ID, CLAIM)).isEmpty();
    }

    private @Nullable String target() {
        return registry.volumes().find(ID).orElseThrow().spec().target();
    }

    private void create(String name, @Nullable String node, String phase) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .addNewVolume()
                .withName("data")
                .withNewPersistentVolumeClaim("data", false)
                .endVolume()
                .endSpec()
                .withNewStatus()
                .withPhase(phase)
                .endStatus()
                .build();
        client.resource(pod).create();
    }

    private void bind(String claim) {
        TestObjects.createPersistentVolume(client, "pv-data", Names.DRIVER, ID, claim);
    }
}
