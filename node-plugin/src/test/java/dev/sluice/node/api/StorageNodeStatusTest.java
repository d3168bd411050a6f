package dev.sluice.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.Condition;
import dev.sluice.api.StorageNode;
import dev.sluice.api.StorageNodeStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two write the conditions of a StorageNode. */
@EnableKubernetesMockClient(crud = true)
class StorageNodeStatusTest {
    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesClient client;

    @Test
    void theNodeReplacesWhatItSaidAndKeepsWhatTheControllerSaid() {
        NodeClusterAccess cluster = new NodeClusterAccess(client, "n1", "sluice");
        StorageNode seen = cluster.ensureStorageNode();
        cluster.patchStatus(seen, status("6.1", condition("Ready"), condition("Old")));
        StorageNode node = node();
        node.setStatus(status("6.1", condition("Ready"), condition("Old"), condition(Condition.EVACUATED)));
        client.resource(node).updateStatus();

        cluster.patchStatus(seen, status("6.2", condition("Ready"), condition("New")));

        assertThat(node().getStatus().kernel()).isEqualTo("6.2");
        assertThat(node().getStatus().conditions())
                .extracting(Condition::type)
                .containsExactly("Ready", "New", Condition.EVACUATED);
    }

    private StorageNode node() {
        return client.resources(StorageNode.class).withName("n1").get();
    }

    private static StorageNodeStatus status(String kernel, Condition... conditions) {
        return new StorageNodeStatus(null, null, null, kernel, null, null, null, List.of(conditions));
    }

    private static Condition condition(String type) {
        return new Condition(type, "True", "Reason", "message", "2026-01-01T00:00:00Z", null);
    }
}
