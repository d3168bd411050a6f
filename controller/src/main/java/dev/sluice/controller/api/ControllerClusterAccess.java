package dev.sluice.controller.api;

import dev.sluice.controller.domain.Registry;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;

/** The registry on a cluster. */
public final class ControllerClusterAccess {
    private ControllerClusterAccess() {}

    /** Reads leases of nodes in the driver's namespace; the clock tells how old they are. */
    public static Registry registry(KubernetesClient client, String namespace, Clock clock) {
        return new Registry(
                new ClusterShelf<>(client, Kind.VOLUME),
                new ClusterShelf<>(client, Kind.SNAPSHOT),
                new ClusterShelf<>(client, Kind.EXPORT),
                new ClusterShelf<>(client, Kind.HYDRATION),
                new ClusterNodes(client, namespace, clock),
                new ClusterClaims(client));
    }
}
