package dev.sluice.controller.domain.placement;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One look at where volumes cannot come: marks the nodes, and sends the pods elsewhere. Level-triggered; one replica does it. */
public final class PlacementWatch {
    private record Wait(String volume, String node) {}

    private final PlacementCluster cluster;
    private final NodeMarks marks;
    private final Rescue rescue;
    private final Duration rescueAfter;
    private final Clock clock;
    private final Map<Wait, Instant> since = new HashMap<>();

    /** @param rescueAfter zero: nothing is ever evicted */
    public PlacementWatch(PlacementCluster cluster, NodeMarks marks, Rescue rescue, Duration rescueAfter, Clock clock) {
        this.cluster = cluster;
        this.marks = marks;
        this.rescue = rescue;
        this.rescueAfter = rescueAfter;
        this.clock = clock;
    }

    public void look() {
        List<StrandedVolume> stranded = cluster.findStranded();
        since.keySet()
                .retainAll(stranded.stream()
                        .map(each -> new Wait(each.volume(), each.node()))
                        .toList());
        Instant now = clock.instant();
        List<StrandedVolume> overdue = rescueAfter.isZero()
                ? List.of()
                : stranded.stream()
                        .filter(each -> !since.computeIfAbsent(new Wait(each.volume(), each.node()), unknown -> now)
                                .plus(rescueAfter)
                                .isAfter(now))
                        .toList();
        marks.tend(overdue);
        rescue.rescue(overdue);
    }
}
