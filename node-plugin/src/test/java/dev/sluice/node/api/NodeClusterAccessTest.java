package dev.sluice.node.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeStatus;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.net.HttpURLConnection;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient
class NodeClusterAccessTest {
    private static final int UNPROCESSABLE = 422;

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesClient client;

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesMockServer server;

    @Test
    void aHomeThatWasLeftWritesNothingOverItsSuccessorsStatus() throws Exception {
        Volume volume = new Volume();
        volume.setMetadata(new ObjectMetaBuilder().withName("v-1").build());
        server.expect()
                .get()
                .withPath("/apis/sluice.dev/v1alpha1/volumes/v-1")
                .andReturn(HttpURLConnection.HTTP_OK, volume)
                .always();
        server.expect()
                .patch()
                .withPath("/apis/sluice.dev/v1alpha1/volumes/v-1/status")
                .andReturn(
                        UNPROCESSABLE,
                        new StatusBuilder()
                                .withStatus("Failure")
                                .withCode(UNPROCESSABLE)
                                .withMessage("testing path /spec/home")
                                .build())
                .once();
        VolumeStatus status = new VolumeStatus(3, VolumePhase.READY, null, true, null, null, null, null);

        assertThatThrownBy(() -> new NodeClusterAccess(client, "n1", "sluice").patchStatus("v-1", status))
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE));

        JsonNode operations =
                new ObjectMapper().readTree(server.getLastRequest().getUtf8Body());
        assertThat(operations)
                .filteredOn(operation -> operation.get("op").asText().equals("test"))
                .extracting(operation -> operation.get("path").asText() + "="
                        + operation.get("value").asText())
                .containsExactlyInAnyOrder("/spec/home=n1", "/spec/epoch=3");
        assertThat(operations.get(operations.size() - 1).get("path").asText()).isEqualTo("/status");
    }
}
