package dev.sluice.controller.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.Attachment;
import dev.sluice.api.AttachmentSpec;
import dev.sluice.api.AttachmentState;
import dev.sluice.api.AttachmentStatus;
import dev.sluice.api.ClaimReference;
import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Placement;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumeSpec;
import dev.sluice.controller.domain.placement.StrandedPod;
import dev.sluice.controller.domain.placement.StrandedVolume;
import dev.sluice.controller.domain.placement.Worker;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Kubernetes' own objects, on an API server in memory. */
@EnableKubernetesMockClient(crud = true)
class PlacementAccessTest {
    private static final String ID = Names.volumeId("data");
    private static final StrandedVolume STRANDED = new StrandedVolume(ID, "n2", "NoSpace", "full");

    @SuppressWarnings("NullAway.Init")
    private KubernetesClient client;

    @SuppressWarnings("NullAway.Init")
    private KubernetesMockServer server;

    @Test
    void aClaimLeadsToOurVolumeOnceItIsBound() {
        ClusterClaimVolumes claims = new ClusterClaimVolumes(client);
        assertThat(claims.findVolume("default", "data")).as("absent").isEmpty();
        createClaim("unbound", null);
        createClaim("data", "pv-data");
        createClaim("foreign", "pv-foreign");
        assertThat(claims.findVolume("default", "data")).as("without its PV").isEmpty();
        createPersistentVolume("pv-data", Names.DRIVER, ID);
        createPersistentVolume("pv-foreign", "other.example.com", ID);

        assertThat(claims.findVolume("default", "data")).contains(ID);
        assertThat(claims.findVolume("default", "unbound")).isEmpty();
        assertThat(claims.findVolume("default", "foreign")).isEmpty();
    }

    @Test
    void theOneLabelIsSetAndRemovedAndNothingElseTouched() {
        ClusterPlacement placement = new ClusterPlacement(client);
        client.resource(node("n1")).create();
        placement.mark("n1", "NoSpace");

        assertThat(placement.findMarks()).containsExactly(Map.entry("n1", "NoSpace"));
        assertThat(placement.findWorker("n1"))
                .contains(new Worker("n1", Map.of("disk", "ssd", Names.LABEL_UNFIT, "NoSpace"), true, false));
        placement.removeMark("n1");
        placement.removeMark("n1");
        // The server in memory keeps a key whose value is merged away.
        assertThat(client.nodes().withName("n1").get().getMetadata().getLabels())
                .containsEntry("disk", "ssd")
                .satisfies(labels -> assertThat(labels.get(Names.LABEL_UNFIT)).isNull());

        placement.mark("absent", "Unfit");
        assertThat(placement.findWorker("absent")).isEmpty();
    }

    @Test
    void onlyWhoWaitsBecauseOfItsNodeIsStranded() {
        attach("n1", new AttachmentStatus(AttachmentState.WAITING, "InUse", "in use"));
        attach("n2", new AttachmentStatus(AttachmentState.WAITING, "NoSpace", "full"));
        attach("n3", new AttachmentStatus(AttachmentState.GRANTED, "AtHome", "here"));
        attach("n4", null);

        assertThat(new ClusterPlacement(client).findStranded()).containsExactly(STRANDED);
    }

    @Test
    void podsThatWaitForTheVolumeAreThoseOfTheClaimItIsBoundToNow() {
        createVolume();
        createPersistentVolume("pv-data", Names.DRIVER, ID);
        serve(
                pod("waits", "n2", "renamed", "Pending"),
                pod("runs", "n2", "renamed", "Running"),
                pod("elsewhere", "n1", "renamed", "Pending"),
                pod("other", "n2", "another", "Pending"));

        List<StrandedPod> found = new ClusterPods(client, Clock.systemUTC()).findWaiting(ID, "n2");

        assertThat(found).singleElement().satisfies(pod -> {
            assertThat(pod.name()).isEqualTo("waits");
            assertThat(pod.controller()).isEqualTo("ReplicaSet");
            assertThat(pod.shape().node()).isEqualTo("n2");
            assertThat(pod.shape().claims()).containsExactly("renamed");
        });
    }

    @Test
    void aRescueIsToldOnceAndRemembered() {
        createVolume();
        createPersistentVolume("pv-data", Names.DRIVER, ID);
        serve(pod("waits", "n2", "renamed", "Pending"));
        ClusterPods pods = new ClusterPods(client, Clock.systemUTC());
        StrandedPod pod = pods.findWaiting(ID, "n2").getFirst();
        assertThat(pods.findRescue(STRANDED, "default")).isEmpty();

        pods.tellRescue(STRANDED, pod, "why");
        pods.tellRescue(STRANDED, pod, "why");

        assertThat(pods.findRescue(STRANDED, "default")).isPresent();
        assertThat(pods.findRescue(new StrandedVolume(ID, "n3", "NoSpace", "full"), "default"))
                .as("another node")
                .isEmpty();
        List<Event> events = client.v1().events().inNamespace("default").list().getItems();
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.getInvolvedObject().getUid()).isEqualTo(pod.uid());
            assertThat(event.getReason()).isEqualTo("NodeCannotTakeVolume");
        });
    }

    @Test
    void certificatesAreKeptUnderTheVersionThatWasSeenAndTheApiServerIsTold() {
        ClusterCertificates certificates = new ClusterCertificates(client, "sluice-system");
        assertThat(certificates.find()).isEmpty();
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace("sluice-system")
                        .withName("sluice-webhook")
                        .endMetadata()
                        .build())
                .create();
        client.resource(new MutatingWebhookConfigurationBuilder()
                        .withNewMetadata()
                        .withName("sluice-webhook")
                        .endMetadata()
                        .withWebhooks(new MutatingWebhookBuilder()
                                .withName("pods.sluice.dev")
                                .withNewClientConfig()
                                .withNewService("sluice-webhook", "sluice-system", "/pods", 443)
                                .endClientConfig()
                                .build())
                        .build())
                .create();
        var seen = certificates.find().orElseThrow();
        assertThat(seen.entries()).isEmpty();

        assertThat(certificates.replace(seen, Map.of("tls.crt", "one"))).isTrue();
        assertThat(certificates.replace(seen, Map.of("tls.crt", "two"))).isFalse();
        assertThat(certificates.find().orElseThrow().entries()).isEqualTo(Map.of("tls.crt", "one"));

        certificates.trust("bundle");
        certificates.trust("bundle");
        assertThat(client.admissionRegistration()
                        .v1()
                        .mutatingWebhookConfigurations()
                        .withName("sluice-webhook")
                        .get()
                        .getWebhooks())
                .singleElement()
                .satisfies(webhook -> {
                    assertThat(Base64.getDecoder()
                                    .decode(webhook.getClientConfig().getCaBundle()))
                            .isEqualTo("bundle".getBytes(StandardCharsets.UTF_8));
                    assertThat(webhook.getClientConfig().getService().getPath()).isEqualTo("/pods");
                });
    }

    private static Node node(String name) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("disk", "ssd")
                .endMetadata()
                .withNewSpec()
                .withUnschedulable(true)
                .endSpec()
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
    }

    private void attach(String node, @Nullable AttachmentStatus status) {
        Attachment attachment = new Attachment();
        attachment.setMetadata(
                new ObjectMetaBuilder().withName(Names.attachment(ID, node)).build());
        attachment.setSpec(new AttachmentSpec(ID, node));
        client.resource(attachment).create();
        attachment.setStatus(status);
        client.resource(attachment).updateStatus();
    }

    private void createVolume() {
        Volume volume = new Volume();
        volume.setMetadata(new ObjectMetaBuilder().withName(ID).build());
        volume.setSpec(new VolumeSpec(
                "data",
                1L << 30,
                "fast",
                VolumeMode.FILESYSTEM,
                "ext4",
                Placement.FOLLOW,
                "n1",
                null,
                1,
                null,
                new ClaimReference("default", "data", "pv-data"),
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT));
        client.resource(volume).create();
    }

    private void createPersistentVolume(String name, String driver, String handle) {
        TestObjects.createPersistentVolume(client, name, driver, handle, "renamed");
    }

    private void createClaim(String name, @Nullable String volume) {
        client.resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withVolumeName(volume)
                        .endSpec()
                        .build())
                .create();
    }

    // The server in memory knows no field selector of pods.
    private void serve(Pod... pods) {
        server.expect()
                .get()
                .withPath("/api/v1/namespaces/default/pods?fieldSelector=spec.nodeName%3Dn2")
                .andReturn(200, new PodListBuilder().withItems(pods).build())
                .always();
    }

    private static Pod pod(String name, String node, String claim, String phase) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .withUid("uid-" + name)
                .withCreationTimestamp("2026-01-01T00:00:00Z")
                .addNewOwnerReference()
                .withApiVersion("apps/v1")
                .withKind("ReplicaSet")
                .withName("app")
                .withUid("1")
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .addNewVolume()
                .withName("data")
                .withNewPersistentVolumeClaim(claim, false)
                .endVolume()
                .endSpec()
                .withNewStatus()
                .withPhase(phase)
                .endStatus()
                .build();
    }
}
