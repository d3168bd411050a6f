package dev.sluice.controller.domain.placement;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether a pod's own terms let it run on a node, as the scheduler reads them. Pure. */
final class NodeSelectors {
    private NodeSelectors() {}

    static boolean matches(PodShape pod, Worker worker) {
        boolean selected = pod.nodeSelector().entrySet().stream()
                .allMatch(label -> label.getValue().equals(worker.labels().get(label.getKey())));
        Map<String, Object> required = NodeAffinity.required(pod.affinity());
        return selected
                && (required.isEmpty()
                        || JsonTree.objects(required, NodeAffinity.TERMS).stream()
                                .anyMatch(term -> matchesTerm(term, worker)));
    }

    // Terms are alternatives; a term without requirements matches nothing.
    private static boolean matchesTerm(Map<String, Object> term, Worker worker) {
        List<Map<String, Object>> expressions = JsonTree.objects(term, NodeAffinity.EXPRESSIONS);
        List<Map<String, Object>> fields = JsonTree.objects(term, NodeAffinity.FIELDS);
        return !NodeAffinity.isEmpty(term)
                && expressions.stream()
                        .allMatch(each -> holds(each, worker.labels().get(JsonTree.string(each, "key"))))
                && fields.stream()
                        .allMatch(each ->
                                "metadata.name".equals(JsonTree.string(each, "key")) && holds(each, worker.name()));
    }

    private static boolean holds(Map<String, Object> requirement, @Nullable String value) {
        List<String> values = JsonTree.strings(requirement, "values");
        return switch (JsonTree.string(requirement, "operator")) {
            case "In" -> value != null && values.contains(value);
            case "NotIn" -> value == null || !values.contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            case "Gt" -> compare(value, values) > 0;
            case "Lt" -> compare(value, values) < 0;
            case null, default -> false;
        };
    }

    // What is no number is neither greater nor less.
    private static int compare(@Nullable String value, List<String> values) {
        try {
            return value == null || values.size() != 1
                    ? 0
                    : Long.compare(Long.parseLong(value), Long.parseLong(values.getFirst()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
