package dev.sluice.controller.domain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Room in pools, less what was promised to what is still to come, or is coming. */
final class Reservations {
    private final Map<String, Long> bytes = new HashMap<>();

    /**
     * Where something goes.
     *
     * @param node null when no node takes it
     * @param why none does
     */
    record Choice(@Nullable String node, String why) {}

    void add(String node, String pool, long more) {
        bytes.merge(key(node, pool), more, Long::sum);
    }

    /** The node with the most room in the pool, of those other than this one that do not refuse. */
    Choice choose(List<NodeView> nodes, String from, String pool, Function<NodeView, Optional<String>> refusal) {
        List<String> refusals = new ArrayList<>();
        NodeView best = null;
        for (NodeView node : nodes) {
            if (node.name().equals(from)) {
                continue;
            }
            Optional<String> refused = refusal.apply(node);
            refused.ifPresent(refusals::add);
            if (refused.isEmpty() && (best == null || room(node, pool) > room(best, pool))) {
                best = node;
            }
        }
        return new Choice(
                best == null ? null : best.name(),
                refusals.isEmpty() ? "there is no other node" : String.join(", ", refusals));
    }

    /**
     * Why the node has no room for it; empty when it has.
     *
     * @param told what is said to be needed
     */
    Optional<String> full(NodeView node, String pool, long needed, long told) {
        long room = room(node, pool);
        return room < needed
                ? Optional.of("node " + node.name() + " has " + Math.max(0, room)
                        + " bytes free when what is on its way there has arrived, " + told + " are needed")
                : Optional.empty();
    }

    private long room(NodeView node, String pool) {
        return NodeChoice.room(node, pool) - bytes.getOrDefault(key(node.name(), pool), 0L);
    }

    private static String key(String node, String pool) {
        return node + "/" + pool;
    }
}
