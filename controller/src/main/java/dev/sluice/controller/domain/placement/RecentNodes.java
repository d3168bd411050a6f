package dev.sluice.controller.domain.placement;

import dev.sluice.controller.domain.NodeRegistry;
import dev.sluice.controller.domain.NodeView;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/** The storage nodes as they were some seconds ago: many pods are made at once, and their owner waits. */
public final class RecentNodes implements Supplier<List<NodeView>> {
    private static final Duration RECENT = Duration.ofSeconds(5);

    private record Look(Instant at, List<NodeView> nodes) {}

    private final NodeRegistry registry;
    private final Clock clock;
    private volatile Look last = new Look(Instant.MIN, List.of());

    public RecentNodes(NodeRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
    }

    @Override
    public List<NodeView> get() {
        Look look = last;
        Instant now = clock.instant();
        if (look.at().isBefore(now.minus(RECENT))) {
            look = new Look(now, registry.findAll());
            last = look;
        }
        return look.nodes();
    }
}
