package dev.sluice.e2e.leak;

import dev.sluice.api.Attachment;
import dev.sluice.api.CloneHydration;
import dev.sluice.api.Export;
import dev.sluice.api.Snapshot;
import dev.sluice.api.Volume;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The cluster's objects that a volume could leave behind, as kind/namespace/name. */
final class ClusterObjects {
    private ClusterObjects() {}

    static Set<String> read(KubernetesClient client) {
        Set<String> found = new TreeSet<>();
        found.addAll(names(client, Volume.class));
        found.addAll(names(client, Snapshot.class));
        found.addAll(names(client, Export.class));
        found.addAll(names(client, Attachment.class));
        found.addAll(names(client, CloneHydration.class));
        client.persistentVolumes().list().getItems().stream()
                .filter(volume -> volume.getSpec().getCsi() != null)
                .filter(volume -> Names.DRIVER.equals(volume.getSpec().getCsi().getDriver()))
                .forEach(volume -> found.add(name(volume)));
        return found;
    }

    private static <T extends HasMetadata> Set<String> names(KubernetesClient client, Class<T> type) {
        return client.resources(type).inAnyNamespace().list().getItems().stream()
                .map(ClusterObjects::name)
                .collect(Collectors.toSet());
    }

    private static String name(HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        String name = object.getMetadata().getName();
        return object.getKind() + (namespace == null ? "/" : "/" + namespace + "/") + name;
    }
}
