package dev.sluice.node.stack;

import dev.sluice.names.Names;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.Latencies;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Has the kernel count how long the I/O of one volume's pod takes, and asks the budget what that means for copying. */
final class LatencyWatch {
    private static final Duration TRIED_EVERY = Duration.ofSeconds(30);

    private final Host host;
    private final VolumeStacks stacks;
    private final BackgroundWork background;
    private final String id;
    private final long epoch;
    private final String outerDevice;
    private final BoundedTask bounded;
    private final LatencyBudget budget;
    private Instant nextTry = Instant.MIN;

    LatencyWatch(
            Host host, VolumeStacks stacks, BackgroundWork background, String id, long epoch, LatencyBudget budget) {
        this.host = host;
        this.stacks = stacks;
        this.background = background;
        this.id = id;
        this.epoch = epoch;
        this.outerDevice = Names.outerDevice(id);
        this.bounded = new BoundedTask(id);
        this.budget = budget;
    }

    /** Whether it may be copied now, or is to be seen how the pod's I/O is without. */
    boolean allows(CloneStatus.Working engine, Instant now, LatencyBudget.Terms terms) {
        if (budget.isDue(now)) {
            find(now)
                    .ifPresentOrElse(
                            io -> budget.look(seen(now, io, engine), engine.hydrating() > 0, terms),
                            () -> budget.forget(now));
        }
        return !budget.isQuiet();
    }

    /** While nothing is to be copied. */
    void rest(CloneStatus.Working engine, Instant now) {
        if (budget.isDue(now)) {
            find(now)
                    .ifPresentOrElse(
                            io -> budget.rest(seen(now, io, engine), engine.hydrating() > 0), () -> budget.forget(now));
        }
    }

    private LatencyBudget.Seen seen(Instant now, Latencies io, CloneStatus.Working engine) {
        return new LatencyBudget.Seen(
                now, io, host.processors().time(), engine.hydratedRegions() * engine.regionBytes());
    }

    private Optional<Latencies> find(Instant now) {
        Optional<Latencies> found = host.latencies().find(outerDevice);
        if (found.isEmpty() && !nextTry.isAfter(now) && !bounded.isBusy()) {
            nextTry = now.plus(TRIED_EVERY);
            background.run("counting of latencies", this::count);
        }
        return found;
    }

    /** It waits for the I/O in flight, as a window does: none may be on its way to an origin that is away. */
    private void count() {
        bounded.run("a read of the origin", () -> Sessions.probe(host, id, epoch));
        stacks.attempt(
                id,
                epoch,
                () -> bounded.run("counting", () -> {
                    host.latencies().ensure(outerDevice);
                    return true;
                }));
    }
}
