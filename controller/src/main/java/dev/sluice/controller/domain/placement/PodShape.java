package dev.sluice.controller.domain.placement;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What of a pod has to do with its place.
 *
 * @param node null while no node was chosen
 * @param claims names of the PVCs that it names itself; those of ephemeral volumes do not exist before it does
 * @param affinity as it stands in the object; empty when it has none
 * @param securityContext as it stands in the object; empty when it has none
 */
public record PodShape(
        String namespace,
        @Nullable String node,
        Map<String, String> nodeSelector,
        List<String> claims,
        Map<String, Object> affinity,
        Map<String, Object> securityContext) {

    /** Of a pod as JSON has it, which need not name its namespace while it is being created. */
    public static PodShape of(String namespace, Map<String, Object> pod) {
        Map<String, Object> spec = JsonTree.object(pod, "spec");
        return new PodShape(
                namespace,
                JsonTree.string(spec, "nodeName"),
                JsonTree.object(spec, "nodeSelector").entrySet().stream()
                        .collect(Collectors.toUnmodifiableMap(
                                Map.Entry::getKey, entry -> String.valueOf(entry.getValue()))),
                JsonTree.objects(spec, "volumes").stream()
                        .map(volume -> JsonTree.string(JsonTree.object(volume, "persistentVolumeClaim"), "claimName"))
                        .filter(Objects::nonNull)
                        .map(Objects::requireNonNull)
                        .distinct()
                        .toList(),
                JsonTree.object(spec, "affinity"),
                JsonTree.object(spec, "securityContext"));
    }

    /** Whether its node selector and required node affinity let it run there. */
    public boolean allows(Worker worker) {
        return NodeSelectors.matches(this, worker);
    }
}
