package dev.sluice.controller.api;

import dev.sluice.controller.domain.ClaimSet;
import dev.sluice.controller.domain.ClaimSets;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

/** StatefulSets that make claims for their members. */
final class ClusterClaimSets implements ClaimSets {
    private final KubernetesClient client;

    ClusterClaimSets(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public List<ClaimSet> findAll() {
        return ApiErrors.translate(
                "the list of StatefulSets",
                () -> client.apps().statefulSets().inAnyNamespace().list().getItems().stream()
                        .filter(set -> set.getSpec() != null
                                && !set.getSpec().getVolumeClaimTemplates().isEmpty())
                        .map(ClusterClaimSets::set)
                        .toList());
    }

    static ClaimSet set(StatefulSet set) {
        return new ClaimSet(
                set.getMetadata().getNamespace(),
                set.getMetadata().getName(),
                set.getSpec().getVolumeClaimTemplates().stream()
                        .map(template -> template.getMetadata().getName())
                        .toList());
    }
}
