package dev.sluice.controller.api;

import dev.sluice.api.Attachment;
import dev.sluice.api.ClaimReference;
import dev.sluice.api.StorageNode;
import dev.sluice.controller.domain.NodeRegistry;
import dev.sluice.controller.domain.NodeView;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** StorageNodes, their leases, Attachments, and pods that are about to have some. */
final class ClusterNodes implements NodeRegistry {
    static final Duration DEAD_AFTER = Duration.ofSeconds(40);
    private static final String LEASE_PREFIX = "node-";

    private final KubernetesClient client;
    private final String namespace;
    private final StartingPods starting;
    private final Clock clock;

    ClusterNodes(KubernetesClient client, String namespace, StartingPods starting, Clock clock) {
        this.client = client;
        this.namespace = namespace;
        this.starting = starting;
        this.clock = clock;
    }

    @Override
    public List<NodeView> findAll() {
        return ApiErrors.translate("the list of storage nodes", () -> {
            Map<String, Lease> leases = client.leases().inNamespace(namespace).list().getItems().stream()
                    .collect(Collectors.toMap(each -> each.getMetadata().getName(), each -> each));
            return client.resources(StorageNode.class).list().getItems().stream()
                    .map(node -> view(
                            node, leases.get(LEASE_PREFIX + node.getMetadata().getName())))
                    .toList();
        });
    }

    @Override
    public Optional<NodeView> find(String name) {
        return ApiErrors.translate("storage node " + name, () -> {
            StorageNode node =
                    client.resources(StorageNode.class).withName(name).get();
            if (node == null) {
                return Optional.empty();
            }
            Lease lease = client.leases()
                    .inNamespace(namespace)
                    .withName(LEASE_PREFIX + name)
                    .get();
            return Optional.of(view(node, lease));
        });
    }

    @Override
    public Set<String> limited() {
        return ApiErrors.translate(
                "the list of storage nodes",
                () -> client.resources(StorageNode.class).list().getItems().stream()
                        .filter(node -> node.getSpec() != null
                                && (node.getSpec().maxBytesPerSecondOut() != null
                                        || node.getSpec().maxBytesPerSecondPerSource() != null))
                        .map(node -> node.getMetadata().getName())
                        .collect(Collectors.toUnmodifiableSet()));
    }

    @Override
    public Map<String, List<String>> attachments() {
        return ApiErrors.translate(
                "the list of attachments",
                () -> client.resources(Attachment.class).list().getItems().stream()
                        .map(Attachment::getSpec)
                        .collect(Collectors.groupingBy(
                                spec -> spec.volume(), Collectors.mapping(spec -> spec.node(), Collectors.toList()))));
    }

    @Override
    public List<String> attachments(String volume) {
        return ApiErrors.translate(
                "the attachments of " + volume,
                () -> oldestFirst(client.resources(Attachment.class)
                        .withLabel(Names.LABEL_VOLUME, volume)
                        .list()
                        .getItems()));
    }

    @Override
    public List<String> expected(String volume, ClaimReference claim) {
        List<String> nodes = starting.nodes(claim);
        return nodes.isEmpty() || isBound(volume, claim) ? nodes : List.of();
    }

    /** The PVC may have been made anew under its name, and the PV given to another. */
    private boolean isBound(String volume, ClaimReference claim) {
        return claim.persistentVolume() != null
                && ClusterClaimVolumes.findBinding(client, claim.persistentVolume(), volume)
                        .filter(bound -> claim.namespace().equals(bound.getNamespace())
                                && claim.name().equals(bound.getName()))
                        .isPresent();
    }

    /** Their nodes. */
    static List<String> oldestFirst(Collection<Attachment> attachments) {
        return attachments.stream()
                .filter(each -> each.getSpec() != null)
                .sorted(Comparator.comparing(
                                (Attachment each) -> each.getMetadata().getCreationTimestamp())
                        .thenComparing(each -> each.getMetadata().getName()))
                .map(each -> each.getSpec().node())
                .toList();
    }

    private NodeView view(StorageNode node, @Nullable Lease lease) {
        return new NodeView(
                node.getMetadata().getName(), isFresh(lease), StorageNodes.isEvacuating(node), node.getStatus());
    }

    private boolean isFresh(@Nullable Lease lease) {
        if (lease == null || lease.getSpec() == null || lease.getSpec().getRenewTime() == null) {
            return false;
        }
        Instant renewed = lease.getSpec().getRenewTime().toInstant();
        return renewed.plus(DEAD_AFTER).isAfter(clock.instant());
    }
}
