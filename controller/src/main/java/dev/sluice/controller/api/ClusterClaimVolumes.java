package dev.sluice.controller.api;

import dev.sluice.controller.domain.placement.ClaimVolumes;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.CSIPersistentVolumeSource;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/** From a PVC by its PV to a volume. */
final class ClusterClaimVolumes implements ClaimVolumes {
    private final KubernetesClient client;

    ClusterClaimVolumes(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Optional<String> findVolume(String namespace, String claim) {
        return ApiErrors.translate("PVC " + claim, () -> {
            PersistentVolumeClaim found = client.persistentVolumeClaims()
                    .inNamespace(namespace)
                    .withName(claim)
                    .get();
            String bound = found == null || found.getSpec() == null
                    ? null
                    : found.getSpec().getVolumeName();
            if (bound == null || bound.isEmpty()) {
                return Optional.empty();
            }
            return Optional.ofNullable(
                            client.persistentVolumes().withName(bound).get())
                    .flatMap(ClusterClaimVolumes::volumeOf);
        });
    }

    /** The PVC that this PV of this volume is bound to. */
    static Optional<ObjectReference> findBinding(KubernetesClient client, String persistentVolume, String volume) {
        return ApiErrors.translate(
                "PV " + persistentVolume,
                () -> Optional.ofNullable(client.persistentVolumes()
                                .withName(persistentVolume)
                                .get())
                        .filter(found -> volumeOf(found).filter(volume::equals).isPresent())
                        .map(found -> found.getSpec().getClaimRef()));
    }

    /** The id of our volume that a PV stands for. */
    static Optional<String> volumeOf(PersistentVolume persistentVolume) {
        CSIPersistentVolumeSource source = persistentVolume.getSpec() == null
                ? null
                : persistentVolume.getSpec().getCsi();
        return Optional.ofNullable(source)
                .filter(csi -> Names.DRIVER.equals(csi.getDriver()) && Names.isVolumeId(csi.getVolumeHandle()))
                .map(CSIPersistentVolumeSource::getVolumeHandle);
    }
}
