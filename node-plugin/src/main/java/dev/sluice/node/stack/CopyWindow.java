package dev.sluice.node.stack;

import dev.sluice.names.Names;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.Pauses;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Holds a pod's I/O above the engine of one volume for an instant, and has the engine begin copies in it. Only to begin: what was begun goes
 * on beside the pod's I/O.
 */
final class CopyWindow {
    private static final Duration DEADLINE = Duration.ofMillis(200);
    private static final Duration BEGIN = Duration.ofMillis(20);
    private static final Duration MEASUREMENT = Duration.ofMillis(100);
    private static final int MOST_LOOKS = 20_000;

    private final Host host;
    private final VolumeStacks stacks;
    private final String id;
    private final long epoch;
    private final String engineDevice;
    private final LongSupplier nanoTime;
    private final BoundedTask bounded;

    /** @param nanoTime a clock that is never set, as System.nanoTime */
    CopyWindow(Host host, VolumeStacks stacks, String id, long epoch, LongSupplier nanoTime) {
        this.host = host;
        this.stacks = stacks;
        this.id = id;
        this.epoch = epoch;
        this.engineDevice = Names.cloneDevice(Names.copy(id, epoch));
        this.nanoTime = nanoTime;
        this.bounded = new BoundedTask(id);
    }

    /**
     * @param held how long the pod's I/O waited
     * @param arrived regions that came before the end, in the time since copying was asked for
     */
    record Seen(Duration held, long arrived, Duration copied) {}

    /**
     * Empty, and nothing is done, while anything else changes the volume, or an earlier window has not ended.
     *
     * @param arrival whether it lasts until all have arrived, or only until all have begun
     */
    Optional<Seen> open(int regions, boolean arrival) {
        if (bounded.isBusy()) {
            return Optional.empty();
        }
        // The way to the origin may be dead without anyone having noticed: a read of the pod that waits there would
        // keep the suspension waiting, and with it all I/O of the pod, also that to what is local.
        bounded.run("a read of the origin", () -> Sessions.probe(host, id, epoch));
        return stacks.attempt(id, epoch, () -> bounded.run("a window", () -> hold(regions, arrival)))
                .flatMap(Function.identity());
    }

    /** Nothing is logged, and nothing waited for but the engine, while the device is held. */
    private Optional<Seen> hold(int regions, boolean arrival) {
        if (!engine().hydrationEnabled()) {
            return Optional.empty();
        }
        long begin = nanoTime.getAsLong();
        try (Pauses.Pause pause = host.pauses().hold(Names.outerDevice(id), DEADLINE)) {
            // What the pod itself had under way has ended by now, so the rest is ours.
            CloneStatus.Working before = engine();
            // dm-clone does not notice by itself that nothing is in flight any more; this wakes it.
            host.deviceMapper().message(engineDevice, "hydration_threshold " + regions);
            long asked = nanoTime.getAsLong();
            long wanted = Math.min(regions, before.totalRegions() - before.hydratedRegions());
            long limit = (arrival ? MEASUREMENT : BEGIN).toNanos();
            long arrived = 0;
            long begun = 0;
            for (int look = 0; look < MOST_LOOKS && begun < wanted && nanoTime.getAsLong() - asked < limit; look++) {
                CloneStatus.Working now = engine();
                arrived = now.hydratedRegions() - before.hydratedRegions();
                begun = arrival ? arrived : arrived + now.hydrating() - before.hydrating();
                Thread.yield();
            }
            Duration copied = Duration.ofNanos(nanoTime.getAsLong() - asked);
            pause.end();
            return Optional.of(new Seen(Duration.ofNanos(nanoTime.getAsLong() - begin), arrived, copied));
        }
    }

    private CloneStatus.Working engine() {
        return CloneStatus.requireWorking(id, host.deviceMapper().status(engineDevice, false));
    }
}
