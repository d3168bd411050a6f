package dev.sluice.controller.api;

import dev.sluice.api.Attachment;
import dev.sluice.api.AttachmentSpec;
import dev.sluice.api.AttachmentState;
import dev.sluice.api.AttachmentStatus;
import dev.sluice.controller.domain.NodeFitness;
import dev.sluice.controller.domain.placement.PlacementCluster;
import dev.sluice.controller.domain.placement.StrandedVolume;
import dev.sluice.controller.domain.placement.Worker;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Attachments that wait, Kubernetes' nodes, and the one label on those that is ours. */
final class ClusterPlacement implements PlacementCluster {
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final KubernetesClient client;

    ClusterPlacement(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public List<StrandedVolume> findStranded() {
        return ApiErrors.translate(
                "the list of attachments",
                () -> client.resources(Attachment.class).list().getItems().stream()
                        .flatMap(ClusterPlacement::stranded)
                        .toList());
    }

    private static Stream<StrandedVolume> stranded(Attachment attachment) {
        AttachmentSpec spec = attachment.getSpec();
        AttachmentStatus status = attachment.getStatus();
        if (spec == null || status == null || status.state() != AttachmentState.WAITING) {
            return Stream.empty();
        }
        String reason = status.reason();
        String message = status.message();
        return reason == null || message == null || !NodeFitness.isReason(reason)
                ? Stream.empty()
                : Stream.of(new StrandedVolume(spec.volume(), spec.node(), reason, message));
    }

    @Override
    public Optional<Worker> findWorker(String name) {
        Node node = ApiErrors.translate(
                "node " + name, () -> client.nodes().withName(name).get());
        return Optional.ofNullable(node).map(ClusterPlacement::worker);
    }

    private static Worker worker(Node node) {
        Map<String, String> labels = node.getMetadata().getLabels();
        NodeSpec spec = node.getSpec();
        boolean ready = node.getStatus() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(each -> each.getType().equals("Ready")
                                && each.getStatus().equals("True"));
        boolean cordoned = spec != null && Boolean.TRUE.equals(spec.getUnschedulable());
        return new Worker(node.getMetadata().getName(), labels == null ? Map.of() : labels, ready, !cordoned);
    }

    @Override
    public Map<String, String> findMarks() {
        return ApiErrors.translate(
                "the list of nodes",
                () -> client.nodes().withLabel(Names.LABEL_UNFIT).list().getItems().stream()
                        .collect(Collectors.toMap(
                                each -> each.getMetadata().getName(),
                                each -> each.getMetadata().getLabels().get(Names.LABEL_UNFIT))));
    }

    @Override
    public void mark(String node, String reason) {
        patch(node, "\"" + reason + "\"");
    }

    @Override
    public void removeMark(String node) {
        patch(node, "null");
    }

    // A merge of this one key: nothing of what others write on the node is touched.
    private void patch(String node, String value) {
        String body = "{\"metadata\":{\"labels\":{\"" + Names.LABEL_UNFIT + "\":" + value + "}}}";
        try {
            client.nodes().withName(node).patch(MERGE, body);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw ApiErrors.translated("the label of node " + node, e);
            }
        }
    }
}
