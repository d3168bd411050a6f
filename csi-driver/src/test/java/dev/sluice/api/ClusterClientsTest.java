package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.Test;

class ClusterClientsTest {
    /** An operator that cannot read an object stops; a later version may have written more into it. */
    @Test
    void whatALaterVersionSaysIsNoError() {
        String later = """
                {"apiVersion": "sluice.dev/v1alpha1", "kind": "Volume", "metadata": {"name": "v-1"},
                 "spec": {"home": "n1", "epoch": 3, "colour": "blue"}, "status": {"mood": {"good": true}}}""";
        try (KubernetesClient client = ClusterClients.connect()) {
            Volume volume = client.getKubernetesSerialization().unmarshal(later, Volume.class);

            assertThat(volume.getSpec().epoch()).isEqualTo(3);
        }
    }
}
