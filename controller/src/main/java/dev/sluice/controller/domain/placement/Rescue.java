package dev.sluice.controller.domain.placement;

import dev.sluice.controller.domain.Moves;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends pods away from a node that cannot take their volume, once another one could. Never twice from the same node: a successor that came back
 * there would come back again.
 */
public final class Rescue {
    /** What makes its pods for one node, or is one node's own. */
    private static final Set<String> BOUND_TO_A_NODE = Set.of("DaemonSet", "Node");

    private static final Logger log = LoggerFactory.getLogger(Rescue.class);

    private final Moves moves;
    private final PlacementCluster cluster;
    private final PodRegistry pods;
    private final Duration after;

    /** @param after what a pod has waited, for the event */
    public Rescue(Moves moves, PlacementCluster cluster, PodRegistry pods, Duration after) {
        this.moves = moves;
        this.cluster = cluster;
        this.pods = pods;
        this.after = after;
    }

    /** @param stranded volumes that have waited long enough */
    void rescue(List<StrandedVolume> stranded) {
        if (stranded.isEmpty()) {
            return;
        }
        Map<String, String> marks = cluster.findMarks();
        stranded.stream()
                // The label first, or the successor would come here again.
                .filter(each -> marks.containsKey(each.node()))
                .forEach(each -> rescue(each, marks.keySet()));
    }

    private void rescue(StrandedVolume stranded, Set<String> marked) {
        List<StrandedPod> candidates = pods.findWaiting(stranded.volume(), stranded.node()).stream()
                .filter(Rescue::hasSuccessor)
                .toList();
        if (candidates.isEmpty()) {
            return;
        }
        List<Worker> places = moves.placesOtherThan(stranded.node(), stranded.volume()).stream()
                .filter(place -> moves.isHome(place, stranded.volume()) || !marked.contains(place))
                .flatMap(place -> cluster.findWorker(place).stream())
                .filter(worker -> worker.ready() && worker.schedulable())
                .toList();
        candidates.stream()
                .filter(pod -> places.stream().anyMatch(pod.shape()::allows))
                .filter(pod -> isFirst(stranded, pod))
                .forEach(pod -> send(stranded, pod));
    }

    private static boolean hasSuccessor(StrandedPod pod) {
        return pod.controller() != null && !BOUND_TO_A_NODE.contains(pod.controller());
    }

    private boolean isFirst(StrandedVolume stranded, StrandedPod pod) {
        // Siblings were there before the first was told; the API counts in seconds.
        Optional<Instant> earlier = pods.findRescue(stranded, pod.shape().namespace());
        boolean first = earlier.isEmpty() || pod.created().isBefore(earlier.get());
        if (!first) {
            log.debug("pod {} came to node {} again, it stays", pod.name(), stranded.node());
        }
        return first;
    }

    private void send(StrandedVolume stranded, StrandedPod pod) {
        String message = "volume " + stranded.volume() + " cannot come to this node, and the pod has waited "
                + after.toSeconds() + " s: " + stranded.message() + ". It is evicted so that it comes up elsewhere";
        pods.tellRescue(stranded, pod, message);
        boolean evicted = pods.evict(pod);
        log.info(
                "pod {}/{} {}: {}",
                pod.shape().namespace(),
                pod.name(),
                evicted ? "is evicted" : "may not be evicted just now (a disruption budget)",
                message);
    }
}
