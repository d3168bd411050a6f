package dev.sluice.controller.api;

import dev.sluice.api.Condition;
import dev.sluice.api.StorageNode;
import dev.sluice.api.StorageNodeStatus;
import dev.sluice.controller.domain.Evacuation;
import dev.sluice.controller.domain.Shelf;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The one condition of a StorageNode that is the controller's; it is there as long as the node is evacuated. The node replaces its status as
 * a whole and carries this condition over, and both write only to the version that they have seen.
 */
final class StorageNodes {
    private static final int UNPROCESSABLE = 422;
    // Every figure is a revision that etcd keeps.
    private static final Duration FIGURES_EVERY = Duration.ofSeconds(10);

    private final KubernetesClient client;
    private final Clock clock;
    private final Map<String, Instant> written = new ConcurrentHashMap<>();

    StorageNodes(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Whether nothing may be placed there, for whichever reason it is emptied. */
    static boolean isEvacuating(StorageNode node) {
        return node.getSpec() != null && node.getSpec().evacuate()
                || evacuated(node).isPresent();
    }

    /** Whether its condition speaks of the evacuation that is asked for now. */
    static boolean isTold(StorageNode node) {
        return evacuated(node)
                .filter(each -> node.getMetadata().getGeneration() == null
                        || node.getMetadata().getGeneration().equals(each.observedGeneration()))
                .isPresent();
    }

    private static Optional<Condition> evacuated(StorageNode node) {
        StorageNodeStatus status = node.getStatus();
        return status == null
                ? Optional.empty()
                : status.foreignConditions().stream().findFirst();
    }

    /** Written at once when more than the figures is new. */
    void tell(String name, Evacuation evacuation) {
        Shelf.retried(() -> find(name).ifPresent(node -> {
            Optional<Condition> before = evacuated(node);
            Condition now = condition(node, evacuation, before);
            boolean same = before.filter(now::equals).isPresent();
            boolean figures = before.filter(each -> isSame(each, now)).isPresent() && wasJustWritten(name);
            if (!same && !figures) {
                replace(node, List.of(now));
                written.put(name, clock.instant());
            }
        }));
    }

    void forget(String name) {
        written.remove(name);
        Shelf.retried(() ->
                find(name).filter(node -> evacuated(node).isPresent()).ifPresent(node -> replace(node, List.of())));
    }

    Optional<StorageNode> find(String name) {
        return ApiErrors.translate(
                "storage node " + name, () -> Optional.ofNullable(resource(name).get()));
    }

    private boolean wasJustWritten(String name) {
        Instant last = written.get(name);
        return last != null && last.plus(FIGURES_EVERY).isAfter(clock.instant());
    }

    private static boolean isSame(Condition one, Condition other) {
        return one.status().equals(other.status())
                && one.reason().equals(other.reason())
                && Objects.equals(one.observedGeneration(), other.observedGeneration());
    }

    private Condition condition(StorageNode node, Evacuation evacuation, Optional<Condition> before) {
        String status = evacuation.done() ? "True" : "False";
        String since = before.filter(each -> each.status().equals(status))
                .map(Condition::lastTransitionTime)
                .orElseGet(() -> clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        return new Condition(
                Condition.EVACUATED,
                status,
                evacuation.reason(),
                evacuation.message(),
                since,
                node.getMetadata().getGeneration());
    }

    private void replace(StorageNode node, List<Condition> foreign) {
        StorageNodeStatus status = node.getStatus() == null
                ? new StorageNodeStatus(null, null, null, null, null, null, null, foreign)
                : node.getStatus().withForeignConditions(foreign);
        List<Map<String, Object>> operations = new ArrayList<>();
        operations.add(Map.of(
                "op",
                "test",
                "path",
                "/metadata/resourceVersion",
                "value",
                node.getMetadata().getResourceVersion()));
        // Only the conditions: a newer node may say more than is known here.
        operations.add(
                node.getStatus() == null
                        ? Map.of("op", "add", "path", "/status", "value", status)
                        : Map.of("op", "add", "path", "/status/conditions", "value", status.conditions()));
        String name = node.getMetadata().getName();
        ApiErrors.translate("storage node " + name, () -> {
            try {
                return resource(name)
                        .subresource("status")
                        .patch(
                                PatchContext.of(PatchType.JSON),
                                client.getKubernetesSerialization().asJson(operations));
            } catch (KubernetesClientException e) {
                if (e.getCode() == UNPROCESSABLE) {
                    throw new SluiceException(ErrorKind.BUSY, "storage node " + name + " was changed meanwhile", e);
                }
                throw e;
            }
        });
    }

    private Resource<StorageNode> resource(String name) {
        return client.resources(StorageNode.class).withName(name);
    }
}
