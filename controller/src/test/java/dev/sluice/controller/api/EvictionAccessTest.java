package dev.sluice.controller.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.controller.domain.ClaimSet;
import dev.sluice.controller.domain.MemberSet;
import dev.sluice.controller.domain.SetPod;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an eviction is about, on an API server in memory. */
@EnableKubernetesMockClient(crud = true)
class EvictionAccessTest {
    @SuppressWarnings("NullAway.Init")
    private KubernetesClient client;

    @Test
    void aPodIsOfTheStatefulSetThatMadeIt() {
        ClusterSetPods pods = new ClusterSetPods(client);
        assertThat(pods.find("apps", "db-0")).as("absent").isEmpty();
        create(pod("db-0", "StatefulSet", "n1", "Running", "True"));
        create(pod("web-x", "ReplicaSet", "n1", "Running", "True"));
        create(pod("db-9", null, "n1", "Running", "True"));

        assertThat(pods.find("apps", "db-0"))
                .get()
                .usingRecursiveComparison()
                // The server in memory gives uids of its own.
                .ignoringFields("uid")
                .isEqualTo(new SetPod("apps", "db-0", "", "db", "n1", SetPod.Stage.RUNNING, true));
        assertThat(pods.find("other", "db-0")).isEmpty();
        assertThat(pods.find("apps", "web-x")).isEmpty();
        assertThat(pods.find("apps", "db-9")).isEmpty();
    }

    @Test
    void aSetIsFoundWithItsPodsAndWhatTheyAreAt() {
        ClusterSetPods pods = new ClusterSetPods(client);
        assertThat(pods.findSet("apps", "db")).as("absent").isEmpty();
        client.resource(set()).create();
        create(pod("db-3", "StatefulSet", null, "Pending", "False"));
        create(pod("db-4", "StatefulSet", "n2", "Failed", "False"));
        create(pod("db-5", "StatefulSet", "n3", "Running", "False"));
        create(pod("web-x", "ReplicaSet", "n1", "Running", "True"));

        MemberSet found = pods.findSet("apps", "db").orElseThrow();

        assertThat(found.claims()).isEqualTo(new ClaimSet("apps", "db", List.of("data")));
        assertThat(found.first()).isEqualTo(3);
        assertThat(found.replicas()).isEqualTo(4);
        assertThat(found.pods())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("uid")
                .containsExactlyInAnyOrder(
                        new SetPod("apps", "db-3", "", "db", null, SetPod.Stage.STARTING, false),
                        new SetPod("apps", "db-4", "", "db", "n2", SetPod.Stage.ENDING, false),
                        new SetPod("apps", "db-5", "", "db", "n3", SetPod.Stage.RUNNING, false));
    }

    @Test
    void theApiServerIsToldWhomToTrustForEvictionsToo() {
        ClusterCertificates certificates = new ClusterCertificates(client, "sluice-system");
        certificates.trust("before there is a configuration");
        client.resource(new ValidatingWebhookConfigurationBuilder()
                        .withNewMetadata()
                        .withName("sluice-webhook")
                        .endMetadata()
                        .withWebhooks(new ValidatingWebhookBuilder()
                                .withName("evictions.sluice.dev")
                                .withNewClientConfig()
                                .withNewService("sluice-webhook", "sluice-system", "/evictions", 443)
                                .endClientConfig()
                                .build())
                        .build())
                .create();

        certificates.trust("bundle");
        String version = configuration().getMetadata().getResourceVersion();
        certificates.trust("bundle");

        assertThat(configuration().getMetadata().getResourceVersion())
                .as("told once")
                .isEqualTo(version);
        assertThat(configuration().getWebhooks()).singleElement().satisfies(webhook -> {
            assertThat(Base64.getDecoder().decode(webhook.getClientConfig().getCaBundle()))
                    .isEqualTo("bundle".getBytes(StandardCharsets.UTF_8));
            assertThat(webhook.getClientConfig().getService().getPath()).isEqualTo("/evictions");
        });
    }

    private ValidatingWebhookConfiguration configuration() {
        return client.admissionRegistration()
                .v1()
                .validatingWebhookConfigurations()
                .withName("sluice-webhook")
                .get();
    }

    private void create(Pod pod) {
        client.resource(pod).create();
    }

    private static StatefulSet set() {
        return new StatefulSetBuilder()
                .withNewMetadata()
                .withNamespace("apps")
                .withName("db")
                .endMetadata()
                .withNewSpec()
                .withReplicas(4)
                .withNewOrdinals(3)
                .withNewSelector()
                .addToMatchLabels("app", "shared")
                .endSelector()
                .withVolumeClaimTemplates(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withName("data")
                        .endMetadata()
                        .build())
                .endSpec()
                .build();
    }

    private static Pod pod(String name, @Nullable String owner, @Nullable String node, String phase, String ready) {
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                .withNamespace("apps")
                .withName(name)
                .addToLabels("app", "shared")
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .endSpec()
                .withNewStatus()
                .withPhase(phase)
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready)
                .endCondition()
                .endStatus();
        if (owner != null) {
            pod.editMetadata()
                    .addNewOwnerReference()
                    .withApiVersion("apps/v1")
                    .withKind(owner)
                    .withName("db")
                    .withUid("1")
                    .withController(true)
                    .endOwnerReference()
                    .endMetadata();
        }
        return pod.build();
    }
}
