package dev.sluice.node.stack;

import dev.sluice.api.VolumePhase;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.budget.BudgetBoard;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.host.Host;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All hydrations of this node, looked at in turn. */
public final class Hydrations implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Hydrations.class);
    /** What cannot wait is an event of the kernel's; and each look takes a moment of a processor that pods may need. */
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** More than these are looked at less often: each advances little between two looks, and all looks together stay a small part of a processor. */
    private static final int LOOKED_AT_ONCE = 500;

    private static final Duration LONGEST_LOOK = Duration.ofSeconds(2);
    /** Until it is looked whether anyone listens still. */
    private static final Duration EVENTS = Duration.ofSeconds(10);
    /** Between looks at those with a limit that copy: what the engine copies too much in this time is a burst. */
    private static final Duration PACE = BurstTime.LONGEST;
    /** More than these are looked at less often: of many that copy at once each has but a part of the wire, and together they are no faster. */
    private static final int PACED_AT_ONCE = 32;

    private final VolumeStacks stacks;
    private final Host host;
    private final HydrationListener listener;
    private final Clock clock;
    private final NodeBudget budget;
    private final PoolGuard guard;
    private Instant nextLook = Instant.EPOCH;
    private int paced;
    private final Map<String, Hydration> followed = new ConcurrentHashMap<>();
    private final ExecutorService work;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("hydrations").factory());

    public Hydrations(VolumeStacks stacks, Host host, BudgetBoard limits, HydrationListener listener, Clock clock) {
        this(stacks, host, limits, listener, clock, Executors.newVirtualThreadPerTaskExecutor());
    }

    /** @param work for what may block; it is shut down with this */
    Hydrations(
            VolumeStacks stacks,
            Host host,
            BudgetBoard limits,
            HydrationListener listener,
            Clock clock,
            ExecutorService work) {
        this.stacks = stacks;
        this.host = host;
        this.budget = new NodeBudget(limits);
        this.guard = new PoolGuard(stacks::pool);
        this.listener = listener;
        this.clock = clock;
        this.work = work;
    }

    public void start() {
        tickAfter(Duration.ZERO);
        Thread.ofPlatform().name("device-events").daemon().start(this::followEvents);
    }

    private void followEvents() {
        try {
            while (!ticker.isShutdown()) {
                Set<String> devices = host.deviceMapper().awaitEvents(EVENTS);
                if (!devices.isEmpty()) {
                    ticker.execute(() -> lookAt(devices));
                }
            }
        } catch (RejectedExecutionException closed) {
            // Nobody looks any more.
        } catch (SluiceException e) {
            log.warn("without the kernel's events volumes are only looked at from time to time: {}", e.getMessage());
        }
    }

    /** An engine that turned read-only reads the origin again where it had newer data: each moment until the volume is cut off counts. */
    void lookAt(Set<String> devices) {
        each(hydration -> {
            if (hydration.isOneOf(devices)) {
                listener.observed(hydration.look(clock.instant()));
            }
        });
    }

    private void tickAfter(Duration pause) {
        if (!ticker.isShutdown()) {
            var unused = ticker.schedule(this::run, pause.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void run() {
        try {
            tick();
        } finally {
            tickAfter(pause());
        }
    }

    /** Until the next tick. */
    Duration pause() {
        Instant now = clock.instant();
        Duration pace = PACE.multipliedBy(Math.max(1, Math.ceilDiv(paced, PACED_AT_ONCE)));
        Instant due = Times.least(
                Times.most(earliest(hydration -> hydration.next(now)), now.plus(pace)),
                Times.most(off(), now.plus(BurstTime.SHORTEST)));
        // What is due shortly before a look is seen by that.
        Instant end = due.isBefore(nextLook.minus(pace.dividedBy(2))) ? due : nextLook;
        Duration pause = Duration.between(now, end);
        return pause.isPositive() ? Times.least(pause, interval(followed.size())) : pace;
    }

    /** When the first engine has copied enough. Of many that are switched on and off each look would be at one. */
    private Instant off() {
        return followed.size() > PACED_AT_ONCE ? Instant.MAX : earliest(Hydration::off);
    }

    private Instant earliest(Function<Hydration, Instant> time) {
        return followed.values().stream()
                .map(time)
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    /** From one look at all of so many to the next. */
    static Duration interval(int volumes) {
        int rounds = Math.max(1, Math.ceilDiv(volumes, LOOKED_AT_ONCE));
        return Times.least(LOOK.multipliedBy(rounds), LONGEST_LOOK);
    }

    /** A look at each when it is time for one, else at those that a limit switches off and on. */
    void tick() {
        Instant now = clock.instant();
        Duration interval = interval(followed.size());
        // A clock that was set back would else end all looks.
        if (!now.isBefore(nextLook) || now.plus(interval).isBefore(nextLook)) {
            look();
            nextLook = now.plus(interval);
        } else {
            pace(now);
        }
    }

    private void pace(Instant now) {
        paced = 0;
        each(hydration -> {
            if (!now.isBefore(hydration.next(now))) {
                paced++;
                hydration.pace(now);
            }
        });
    }

    /** Takes note of a volume and its settings as they are now. One without an origin is ignored, a whole one is reported and forgotten. */
    public void follow(VolumeOrder order, VolumeOutcome outcome) {
        if (order.spec().origin() == null) {
            return;
        }
        Instant now = clock.instant();
        if (outcome.phase() != VolumePhase.READY) {
            listener.observed(HydrationReports.preparing(order, outcome, now));
        } else if (outcome.hydrated()) {
            host.latencies().remove(Names.outerDevice(order.id()));
            Hydration known = followed.remove(order.id());
            CopyTags tags = stacks.tags(order.id());
            if (tags.originBytes() == 0) {
                listener.observed(HydrationReports.shared(order, now));
            } else if (known == null) {
                long reused = stacks.reusedRegions(order.id(), order.spec().epoch());
                listener.observed(HydrationReports.hydrated(order, tags, reused, null, now));
            } else {
                listener.observed(known.look(now));
            }
        } else {
            long epoch = order.spec().epoch();
            followed.compute(
                            order.id(),
                            (id, known) -> known != null && known.isOf(epoch)
                                    ? known
                                    : new Hydration(stacks, host, work, budget, guard, order, now))
                    .update(order);
        }
    }

    public void forget(String volumeId) {
        followed.remove(volumeId);
    }

    /** Whether any volume is not whole. */
    public boolean isFollowing() {
        return !followed.isEmpty();
    }

    /** One look at each. */
    void look() {
        Instant now = clock.instant();
        budget.divide(() -> followed.values().stream()
                .flatMap(hydration -> hydration.claim().stream())
                .toList());
        each(hydration -> listener.observed(hydration.look(now)));
    }

    private void each(Consumer<Hydration> action) {
        followed.forEach((id, hydration) -> {
            try {
                action.accept(hydration);
            } catch (RuntimeException failure) {
                log.warn("volume {} could not be looked at and is looked at again: {}", id, failure.getMessage());
            }
        });
    }

    @Override
    public void close() {
        ticker.shutdownNow();
        work.shutdownNow();
    }
}
