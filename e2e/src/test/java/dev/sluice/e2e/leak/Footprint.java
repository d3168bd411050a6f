package dev.sluice.e2e.leak;

import dev.sluice.e2e.cluster.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/** All that exists because of volumes: on each node, and as objects of the cluster. */
record Footprint(Map<String, NodeState> nodes, Set<String> objects) {

    static Footprint read(Cluster cluster) {
        Map<String, CompletableFuture<NodeState>> reading = new TreeMap<>();
        Set<String> objects;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String node : cluster.nodes()) {
                reading.put(node, CompletableFuture.supplyAsync(() -> readNode(cluster, node), threads));
            }
            objects = ClusterObjects.read(cluster.client());
        }
        Map<String, NodeState> nodes = new TreeMap<>();
        reading.forEach((node, state) -> nodes.put(node, state.join()));
        return new Footprint(nodes, objects);
    }

    /** Asking the cluster is cheap beside asking the nodes. */
    boolean hasObjectsOf(Cluster cluster) {
        return objects.equals(ClusterObjects.read(cluster.client()));
    }

    private static NodeState readNode(Cluster cluster, String node) {
        return NodeState.parse(cluster.sh(node, NodeState.SCRIPT).orFail("the leak check on " + node));
    }

    List<String> differencesFrom(Footprint before) {
        List<String> differences = new ArrayList<>(Differences.of("object", before.objects, objects));
        nodes.forEach((node, state) -> {
            NodeState earlier = before.nodes.getOrDefault(node, new NodeState(Map.of()));
            state.differencesFrom(earlier).forEach(difference -> differences.add(node + ": " + difference));
        });
        return differences;
    }
}
