package dev.sluice.controller.domain.placement;

import dev.sluice.api.PoolStatus;
import dev.sluice.controller.domain.NodeChoice;
import dev.sluice.controller.domain.NodeFitness;
import dev.sluice.controller.domain.NodeRegistry;
import dev.sluice.controller.domain.NodeView;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the label on the nodes that no volume should come to. It comes when a node has been unfit for a while, at once when it is full, and
 * goes when the node has been fit for a while, so that it does not flap. The label is the only memory; what is kept here are waiting times,
 * which a new leader begins anew.
 */
public final class NodeMarks {
    /** A plugin that restarts, or comes up after its node, is unfit for less. */
    static final Duration SETTLES = Duration.ofMinutes(1);
    /** A pod that was just sent away is to find the label still there. */
    static final Duration LINGERS = Duration.ofMinutes(2);

    static final String AWAY = "Away";
    /** A marked node is full until it has this many times the least room that counts. */
    private static final long ROOM_PERCENT_TO_RETURN = 4;

    private static final Logger log = LoggerFactory.getLogger(NodeMarks.class);

    private final NodeRegistry nodes;
    private final PlacementCluster cluster;
    private final Clock clock;
    private final Map<String, Instant> unfitSince = new HashMap<>();
    private final Map<String, Instant> fitSince = new HashMap<>();

    public NodeMarks(NodeRegistry nodes, PlacementCluster cluster, Clock clock) {
        this.nodes = nodes;
        this.cluster = cluster;
        this.clock = clock;
    }

    /** @param stranded volumes that have waited long enough for their node to count as unfit or full */
    void tend(List<StrandedVolume> stranded) {
        Map<String, String> marks = cluster.findMarks();
        Set<String> gone = new HashSet<>(marks.keySet());
        for (NodeView node : nodes.findAll()) {
            gone.remove(node.name());
            tend(node, stranded, marks.containsKey(node.name()));
        }
        // The driver does not run there any more.
        gone.forEach(cluster::removeMark);
        unfitSince.keySet().removeAll(gone);
        fitSince.keySet().removeAll(gone);
    }

    private void tend(NodeView node, List<StrandedVolume> stranded, boolean marked) {
        String name = node.name();
        Optional<String> full = full(node, stranded, marked);
        Optional<String> reason = full.or(() -> unfit(node));
        Instant now = clock.instant();
        if (reason.isPresent()) {
            fitSince.remove(name);
            Instant since = unfitSince.computeIfAbsent(name, unknown -> now);
            if (!marked && (full.isPresent() || isOver(since, SETTLES, now))) {
                log.info("node {} is marked, so that pods go elsewhere with their volumes: {}", name, reason.get());
                cluster.mark(name, reason.get());
            }
            return;
        }
        unfitSince.remove(name);
        if (marked && isOver(fitSince.computeIfAbsent(name, unknown -> now), LINGERS, now)) {
            log.info("node {} is not marked any more", name);
            cluster.removeMark(name);
            fitSince.remove(name);
        }
    }

    private static boolean isOver(Instant since, Duration time, Instant now) {
        return !since.plus(time).isAfter(now);
    }

    private static Optional<String> full(NodeView node, List<StrandedVolume> stranded, boolean marked) {
        Optional<String> waited = stranded.stream()
                .filter(each -> each.node().equals(node.name()))
                .map(StrandedVolume::reason)
                .findFirst();
        boolean full = node.unfit().isEmpty()
                && !node.pools().isEmpty()
                && node.pools().stream().allMatch(pool -> isFull(pool, marked));
        return waited.or(() -> full ? Optional.of(NodeFitness.NO_SPACE) : Optional.empty());
    }

    private static boolean isFull(PoolStatus pool, boolean marked) {
        long least = marked ? pool.sizeBytes() / 100 * ROOM_PERCENT_TO_RETURN : 0;
        return NodeChoice.room(pool) <= least;
    }

    private Optional<String> unfit(NodeView node) {
        if (!node.alive()) {
            // Where the whole node is away Kubernetes itself sees to it; and a kubelet that comes back and finds the
            // label would end the pods whose affinity speaks of it.
            return cluster.findWorker(node.name()).filter(Worker::ready).map(worker -> AWAY);
        }
        return node.unfit().isPresent() || !node.canHydrate() ? Optional.of(NodeFitness.UNFIT) : Optional.empty();
    }
}
