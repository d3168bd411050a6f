package dev.sluice.controller.domain.placement;

import dev.sluice.api.VolumeSpec;
import dev.sluice.controller.domain.NodeChoice;
import dev.sluice.controller.domain.NodeFitness;
import dev.sluice.controller.domain.NodeView;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which nodes could take volumes that are elsewhere. Pure. */
final class RoomyNodes {
    /** So many are named in a pod at most: those with the most room. */
    private static final int NAMED = 20;

    private record Candidate(String node, long left) {}

    private RoomyNodes() {}

    /** Names, in alphabetical order, of nodes that are no volume's home and could take all of them at once. */
    static List<String> of(List<VolumeSpec> volumes, List<NodeView> nodes) {
        return nodes.stream()
                .filter(node ->
                        volumes.stream().noneMatch(volume -> volume.home().equals(node.name())))
                .flatMap(node -> left(volumes, node).map(left -> new Candidate(node.name(), left)).stream())
                .sorted(Comparator.comparingLong(Candidate::left).reversed().thenComparing(Candidate::node))
                .limit(NAMED)
                .map(Candidate::node)
                .sorted()
                .toList();
    }

    /** What would be left in the fullest pool; empty when the node cannot take them. */
    private static Optional<Long> left(List<VolumeSpec> volumes, NodeView node) {
        Map<String, Long> needed = new HashMap<>();
        for (VolumeSpec volume : volumes) {
            if (NodeFitness.refusal(node, volume).isPresent()) {
                return Optional.empty();
            }
            needed.merge(volume.pool(), volume.sizeBytes(), Long::sum);
        }
        return needed.entrySet().stream()
                .map(pool -> NodeChoice.room(node, pool.getKey()) - pool.getValue())
                .min(Comparator.naturalOrder())
                .filter(left -> left >= 0);
    }
}
