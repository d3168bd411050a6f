package dev.sluice.controller.api;

import dev.sluice.controller.domain.MemberSet;
import dev.sluice.controller.domain.SetPod;
import dev.sluice.controller.domain.SetPods;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** StatefulSets and the pods that they made. */
final class ClusterSetPods implements SetPods {
    private final KubernetesClient client;

    ClusterSetPods(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Optional<SetPod> find(String namespace, String pod) {
        return ApiErrors.translate(
                "pod " + pod,
                () -> Optional.ofNullable(client.pods()
                                .inNamespace(namespace)
                                .withName(pod)
                                .get())
                        .flatMap(ClusterSetPods::pod));
    }

    @Override
    public Optional<MemberSet> findSet(String namespace, String name) {
        return ApiErrors.translate("StatefulSet " + name, () -> {
            StatefulSet set = client.apps()
                    .statefulSets()
                    .inNamespace(namespace)
                    .withName(name)
                    .get();
            return set == null || set.getSpec() == null || set.getSpec().getSelector() == null
                    ? Optional.empty()
                    : Optional.of(memberSet(set, pods(set)));
        });
    }

    private List<SetPod> pods(StatefulSet set) {
        return client
                .pods()
                .inNamespace(set.getMetadata().getNamespace())
                .withLabelSelector(set.getSpec().getSelector())
                .list()
                .getItems()
                .stream()
                .flatMap(pod -> pod(pod).stream())
                .filter(pod -> pod.set().equals(set.getMetadata().getName()))
                .toList();
    }

    private static MemberSet memberSet(StatefulSet set, List<SetPod> pods) {
        StatefulSetSpec spec = set.getSpec();
        Integer first = spec.getOrdinals() == null ? null : spec.getOrdinals().getStart();
        return new MemberSet(
                ClusterClaimSets.set(set),
                Objects.requireNonNullElse(first, 0),
                Objects.requireNonNullElse(spec.getReplicas(), 1),
                pods);
    }

    private static Optional<SetPod> pod(Pod pod) {
        return pod.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController())
                        && "StatefulSet".equals(owner.getKind())
                        && owner.getApiVersion().startsWith("apps/"))
                .map(OwnerReference::getName)
                .findFirst()
                .map(set -> new SetPod(
                        pod.getMetadata().getNamespace(),
                        pod.getMetadata().getName(),
                        pod.getMetadata().getUid(),
                        set,
                        pod.getSpec() == null ? null : pod.getSpec().getNodeName(),
                        stage(pod),
                        isReady(pod.getStatus())));
    }

    private static SetPod.Stage stage(Pod pod) {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        boolean ended = "Failed".equals(phase) || "Succeeded".equals(phase);
        if (ended || pod.getMetadata().getDeletionTimestamp() != null) {
            return SetPod.Stage.ENDING;
        }
        return phase == null || phase.equals("Pending") ? SetPod.Stage.STARTING : SetPod.Stage.RUNNING;
    }

    private static boolean isReady(@Nullable PodStatus status) {
        return status != null
                && status.getConditions().stream()
                        .anyMatch(each -> each.getType().equals("Ready")
                                && each.getStatus().equals("True"));
    }
}
