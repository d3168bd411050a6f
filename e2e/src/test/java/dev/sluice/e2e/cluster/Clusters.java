package dev.sluice.e2e.cluster;

import dev.sluice.api.StorageNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.List;
import java.util.Optional;

/** Chooses the cluster by the environment: KUBECONFIG leads to it, SLUICE_LAB_COMMAND says that it is the lab. */
public final class Clusters {
    private static final String LAB_COMMAND = "SLUICE_LAB_COMMAND";

    private Clusters() {}

    public static Cluster connect() {
        if (System.getenv("KUBECONFIG") == null) {
            throw new IllegalStateException(
                    "KUBECONFIG is not set: run these tests with e2e/lab test, or name a cluster");
        }
        KubernetesClient client = new KubernetesClientBuilder().build();
        return labCommand()
                .<Cluster>map(command -> new LabCluster(command, client))
                .orElseGet(() -> new AnyCluster(client));
    }

    static Optional<String> labCommand() {
        return Optional.ofNullable(System.getenv(LAB_COMMAND)).filter(command -> !command.isBlank());
    }

    static List<String> storageNodes(KubernetesClient client) {
        return client.resources(StorageNode.class).list().getItems().stream()
                .map(node -> node.getMetadata().getName())
                .sorted()
                .toList();
    }
}
