package dev.sluice.e2e.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;

/** A Kubernetes cluster with the driver installed. */
public interface Cluster extends AutoCloseable {
    KubernetesClient client();

    /** Names of the nodes that can hold volumes, in order; a test uses the first two or three. */
    List<String> nodes();

    /** Runs shell commands on a node, as root, outside any container. */
    CommandResult sh(String node, String script);

    CommandResult kubectl(String... arguments);

    /** Power and network in the hands of the test; empty where nobody can pull a plug. */
    Optional<Faults> faults();

    @Override
    void close();
}
