package dev.sluice.api;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;

/** Connects to the cluster, as the pod's service account or the KUBECONFIG says. */
public final class ClusterClients {
    private static final List<Class<? extends HasMetadata>> KINDS = List.of(
            Volume.class,
            Snapshot.class,
            Export.class,
            Attachment.class,
            StorageNode.class,
            CloneHydration.class,
            PersistentVolumeClaim.class,
            Event.class,
            Lease.class);

    /**
     * A request is sent again after 0.1, 0.2 and 0.4 s. What matters is tried anew by its own loop, with what is true then: the client's own
     * ten tries would hold the word of a while ago back until 102 s after an API server is there again.
     */
    private static final int TRIES = 3;

    private ClusterClients() {}

    /** A client that knows the kinds Sluice reads. Left to itself it loads the classes of every kind there is: seconds, and tens of MiB. */
    public static KubernetesClient connect() {
        return connect(List.of());
    }

    /** @param more kinds that only this process reads */
    public static KubernetesClient connect(List<Class<? extends HasMetadata>> more) {
        // While a cluster is upgraded, or goes back, one process reads what a later version of another has written.
        ObjectMapper mapper = new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        KubernetesSerialization serialization = new KubernetesSerialization(mapper, false);
        KINDS.forEach(serialization::registerKubernetesResource);
        more.forEach(serialization::registerKubernetesResource);
        serialization.registerKubernetesResource("v1", "Status", Status.class);
        Config config = new ConfigBuilder(Config.autoConfigure(null))
                .withRequestRetryBackoffLimit(TRIES)
                .build();
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withKubernetesSerialization(serialization)
                .build();
    }
}
