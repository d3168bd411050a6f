package dev.sluice.controller.api;

import dev.sluice.api.ClaimReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Pods that were given a node and have not started there, kept current by a watch. Few at any time, however many run. */
public final class StartingPods implements AutoCloseable {
    private static final String BY_CLAIM = "claim";

    private final SharedIndexInformer<Pod> pods;
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

    /** @param pods not running yet; those that are not starting may be among them */
    StartingPods(SharedIndexInformer<Pod> pods) {
        this.pods = pods;
        pods.addIndexers(Map.of(BY_CLAIM, StartingPods::claims));
        pods.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Pod pod) {
                tell(claims(pod));
            }

            @Override
            public void onUpdate(Pod before, Pod pod) {
                if (isStarting(before) != isStarting(pod)) {
                    tell(claims(pod));
                }
            }

            @Override
            public void onDelete(Pod pod, boolean finalStateUnknown) {
                tell(claims(pod));
            }
        });
        pods.run();
    }

    /** Returns when the pods that there are have been seen. */
    public static StartingPods watch(KubernetesClient client) {
        return new StartingPods(client.pods()
                .inAnyNamespace()
                .withField("status.phase", "Pending")
                .withoutField("spec.nodeName", "")
                .runnableInformer(0));
    }

    /** Names of the nodes of those that use this PVC, the oldest pod's first. */
    List<String> nodes(ClaimReference claim) {
        return pods.getIndexer().byIndex(BY_CLAIM, key(claim)).stream()
                .filter(StartingPods::isStarting)
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()))
                .map(pod -> pod.getSpec().getNodeName())
                .distinct()
                .toList();
    }

    /** @param listener told the {@link #key} of a PVC when one of these pods that uses it has come or gone */
    void onChange(Consumer<String> listener) {
        listeners.add(listener);
    }

    /** By which a PVC is known here. */
    static String key(ClaimReference claim) {
        return Cache.namespaceKeyFunc(claim.namespace(), claim.name());
    }

    private void tell(List<String> claims) {
        claims.forEach(claim -> listeners.forEach(listener -> listener.accept(claim)));
    }

    private static boolean isStarting(Pod pod) {
        return ClusterPods.isStarting(pod) && pod.getSpec().getNodeName() != null;
    }

    // An ephemeral volume is made for its pod, where that is.
    private static List<String> claims(Pod pod) {
        return pod.getSpec().getVolumes().stream()
                .map(volume -> volume.getPersistentVolumeClaim())
                .filter(Objects::nonNull)
                .map(claim -> Cache.namespaceKeyFunc(pod.getMetadata().getNamespace(), claim.getClaimName()))
                .distinct()
                .toList();
    }

    @Override
    public void close() {
        pods.close();
    }
}
