package dev.sluice.controller.domain;

import java.util.HashMap;
import java.util.Map;

/** Room in pools, less what was promised to what is still to come, or is coming. */
final class Reservations {
    private final Map<String, Long> bytes = new HashMap<>();

    void add(String node, String pool, long more) {
        bytes.merge(key(node, pool), more, Long::sum);
    }

    long room(NodeView node, String pool) {
        return NodeChoice.room(node, pool) - bytes.getOrDefault(key(node.name(), pool), 0L);
    }

    private static String key(String node, String pool) {
        return node + "/" + pool;
    }
}
