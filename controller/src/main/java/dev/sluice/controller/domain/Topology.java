package dev.sluice.controller.domain;

import dev.sluice.names.Names;
import java.util.List;
import java.util.Map;

/** Where a volume may be (requisite) and should be (preferred, best first); each term is a set of segments. */
public record Topology(List<Map<String, String>> requisite, List<Map<String, String>> preferred) {
    public static final Topology ANYWHERE = new Topology(List.of(), List.of());

    boolean allows(NodeView node) {
        return requisite.isEmpty() || requisite.stream().anyMatch(term -> matches(term, node));
    }

    /** A key that is not ours matches nothing: a promise we cannot check is not given. */
    static boolean matches(Map<String, String> term, NodeView node) {
        return term.entrySet().stream().allMatch(segment -> {
            String key = segment.getKey();
            if (key.equals(Names.TOPOLOGY_NODE)) {
                return node.name().equals(segment.getValue());
            }
            return key.startsWith(Names.TOPOLOGY_POOL_PREFIX)
                    && segment.getValue().equals("true")
                    && node.pool(key.substring(Names.TOPOLOGY_POOL_PREFIX.length()))
                            .isPresent();
        });
    }
}
