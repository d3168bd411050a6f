package dev.sluice.controller.api;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.CloneHydration;
import dev.sluice.controller.domain.ClaimRegistry;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;

/** PVCs, of which the controller only ever reads the uid. */
final class ClusterClaims implements ClaimRegistry {
    private final KubernetesClient client;

    ClusterClaims(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Optional<String> findUid(ClaimReference claim) {
        PersistentVolumeClaim found = ApiErrors.translate(
                "PVC " + claim.name(),
                () -> client.persistentVolumeClaims()
                        .inNamespace(claim.namespace())
                        .withName(claim.name())
                        .get());
        return Optional.ofNullable(found)
                .filter(each -> isSame(each, claim))
                .map(each -> each.getMetadata().getUid());
    }

    @Override
    public void own(String hydrationKey, ClaimReference claim, String claimUid) {
        var owner = new OwnerReferenceBuilder()
                .withApiVersion("v1")
                .withKind("PersistentVolumeClaim")
                .withName(claim.name())
                .withUid(claimUid)
                .build();
        ApiErrors.translate(hydrationKey, () -> {
            var resource = client.resources(CloneHydration.class)
                    .inNamespace(claim.namespace())
                    .withName(claim.name());
            CloneHydration hydration = resource.get();
            if (hydration == null) {
                return false;
            }
            hydration.getMetadata().setOwnerReferences(List.of(owner));
            client.resource(hydration).lockResourceVersion().update();
            return true;
        });
    }

    // Bound, its PV is named in it; before that, the provisioner names the PV after the PVC's uid.
    private static boolean isSame(PersistentVolumeClaim found, ClaimReference claim) {
        String volume = claim.persistentVolume();
        if (volume == null) {
            return true;
        }
        String bound = found.getSpec() == null ? null : found.getSpec().getVolumeName();
        return volume.equals(bound) || volume.endsWith(found.getMetadata().getUid());
    }
}
