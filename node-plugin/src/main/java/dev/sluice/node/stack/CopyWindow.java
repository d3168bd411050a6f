package dev.sluice.node.stack;

import dev.sluice.names.Names;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.Pauses;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Holds a pod's I/O above the engine of one volume for an instant, and has the engine copy in it. What has not arrived by the end goes on
 * beside the pod's I/O.
 */
final class CopyWindow {
    private static final Duration DEADLINE = Duration.ofMillis(400);
    /** Copies and the pod may have one processor together: it is not taken from them to look. */
    private static final Duration BETWEEN_LOOKS = Duration.ofNanos(500_000);

    private static final int MOST_LOOKS = 400;
    /** What was held is let go by another thread of the kernel: it is not seen at the first look. */
    private static final int LOOKS_AFTER = 5;

    private final Host host;
    private final VolumeStacks stacks;
    private final String id;
    private final long epoch;
    private final String engineDevice;
    private final EngineSwitch engineSwitch;
    private final LongSupplier nanoTime;
    private final BoundedTask bounded;

    /** @param nanoTime a clock that is never set, as System.nanoTime */
    CopyWindow(Host host, VolumeStacks stacks, String id, long epoch, LongSupplier nanoTime) {
        this.host = host;
        this.stacks = stacks;
        this.id = id;
        this.epoch = epoch;
        this.engineDevice = Names.cloneDevice(Names.copy(id, epoch));
        this.engineSwitch = new EngineSwitch(host, stacks, id, engineDevice);
        this.nanoTime = nanoTime;
        this.bounded = new BoundedTask(id);
    }

    /**
     * @param held how long the pod's I/O waited
     * @param arrived regions that came before the end, in the time since copying was asked for
     * @param delayed requests of the pod that waited
     */
    record Seen(Duration held, long arrived, Duration copied, long delayed) {}

    /**
     * Empty, and nothing is done, while anything else changes the volume, or an earlier window has not ended, or someone else has suspended
     * the device: the end of a window would resume it.
     *
     * @param longest that is waited for copies to arrive
     */
    Optional<Seen> open(int regions, Duration longest) {
        if (bounded.isBusy()) {
            return Optional.empty();
        }
        // The way to the origin may be dead without anyone having noticed: a read of the pod that waits there would
        // keep the suspension waiting, and with it all I/O of the pod, also that to what is local.
        bounded.run("a read of the origin", () -> Sessions.probe(host, id, epoch));
        return stacks.attempt(id, epoch, () -> bounded.run("a window", () -> hold(regions, longest)))
                .flatMap(Function.identity());
    }

    /** Nothing is logged, and nothing waited for but the engine, while the device is held. */
    private Optional<Seen> hold(int regions, Duration longest) {
        MappedDevice outer = host.deviceMapper().find(Names.outerDevice(id)).orElseThrow();
        if (outer.suspended()) {
            return Optional.empty();
        }
        boolean copies = engine().hydrationEnabled();
        if (!copies) {
            engineSwitch.holdDiscards();
        }
        long begin = nanoTime.getAsLong();
        Copied copied;
        try (Pauses.Pause pause = host.pauses().hold(outer.name(), DEADLINE)) {
            copied = copy(regions, longest, copies);
            pause.end();
        }
        Duration held = Duration.ofNanos(nanoTime.getAsLong() - begin);
        long delayed = inFlight(outer.device());
        if (copies && copied.switchedOff()) {
            // The pod's I/O is under way again: before, the engine would have begun as much once more.
            engineSwitch.turn(true);
        }
        return Optional.of(new Seen(held, copied.arrived(), copied.time(), delayed));
    }

    private record Copied(long arrived, Duration time, boolean switchedOff) {}

    /** What the pod itself had under way has ended, so all is ours. */
    private Copied copy(int regions, Duration longest, boolean copies) {
        CloneStatus.Working before = engine();
        long wanted = Math.min(regions, before.totalRegions() - before.hydratedRegions());
        if (!copies) {
            engineSwitch.turn(true);
        }
        // dm-clone does not notice by itself that nothing is in flight any more; this wakes it.
        host.deviceMapper().message(engineDevice, "hydration_threshold " + regions);
        long asked = nanoTime.getAsLong();
        long arrived = 0;
        boolean begins = true;
        for (int look = 0;
                look < MOST_LOOKS && arrived < wanted && nanoTime.getAsLong() - asked < longest.toNanos();
                look++) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            CloneStatus.Working engine = engine();
            arrived = engine.hydratedRegions() - before.hydratedRegions();
            if (begins && arrived + engine.hydrating() >= wanted) {
                // For each that arrives it would begin another, and those would go on beside the pod's I/O.
                engineSwitch.turn(false);
                begins = false;
            }
        }
        Duration time = Duration.ofNanos(nanoTime.getAsLong() - asked);
        if (begins && !copies) {
            engineSwitch.turn(false);
        }
        return new Copied(arrived, time, !begins);
    }

    private long inFlight(BlockDevice device) {
        long most = 0;
        for (int look = 0; look < LOOKS_AFTER; look++) {
            Thread.yield();
            most = Math.max(most, host.blockDevices().inFlight(device));
        }
        return most;
    }

    private CloneStatus.Working engine() {
        return CloneStatus.requireWorking(id, host.deviceMapper().status(engineDevice, false));
    }
}
