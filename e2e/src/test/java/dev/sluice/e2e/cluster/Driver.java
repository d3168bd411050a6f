package dev.sluice.e2e.cluster;

import static org.awaitility.Awaitility.await;

import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** The driver's own pods: the node plugin is the DaemonSet of its namespace, the controller the Deployment. */
public final class Driver {
    private static final Duration RECOVERY = Duration.ofSeconds(120);

    /** More than the mark outlasts its reason. */
    private static final Duration FIT_AGAIN = Duration.ofMinutes(4);

    private final KubernetesClient client;
    private final String namespace;

    public Driver(KubernetesClient client) {
        this.client = client;
        this.namespace = Objects.requireNonNullElse(System.getenv("SLUICE_NAMESPACE"), "sluice-system");
    }

    public Pod nodePlugin(String node) {
        return pods("DaemonSet").stream()
                .filter(pod -> node.equals(pod.getSpec().getNodeName()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no node plugin on " + node + " in namespace " + namespace));
    }

    public List<Pod> controllers() {
        return pods("ReplicaSet");
    }

    public void delete(Pod pod) {
        client.pods().resource(pod).delete();
    }

    public String logs(Pod pod, int lines) {
        return client.pods()
                .resource(pod)
                .inContainer(pod.getSpec().getContainers().getFirst().getName())
                .tailingLines(lines)
                .getLog();
    }

    /** A test that stopped a part of the driver must not be felt by the next. */
    public void awaitReady() {
        await("every pod of the driver is ready")
                .atMost(RECOVERY)
                .ignoreExceptions()
                .until(() -> nodePluginsReady() && controllers().stream().anyMatch(Readiness::isPodReady));
    }

    /** A node that a test before has filled is avoided for some time, and a pod that must run there would not be scheduled. */
    public void awaitAllNodesFit() {
        await("no node is marked with " + Names.LABEL_UNFIT)
                .atMost(FIT_AGAIN)
                .until(() -> client.nodes()
                        .withLabel(Names.LABEL_UNFIT)
                        .list()
                        .getItems()
                        .isEmpty());
    }

    private boolean nodePluginsReady() {
        return client.apps().daemonSets().inNamespace(namespace).list().getItems().stream()
                .map(set -> set.getStatus())
                .allMatch(status -> status.getDesiredNumberScheduled() > 0
                        && status.getDesiredNumberScheduled().equals(status.getNumberReady()));
    }

    private List<Pod> pods(String ownerKind) {
        return client.pods().inNamespace(namespace).list().getItems().stream()
                .filter(pod -> pod.getMetadata().getOwnerReferences().stream()
                        .anyMatch(owner -> owner.getKind().equals(ownerKind)))
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }
}
