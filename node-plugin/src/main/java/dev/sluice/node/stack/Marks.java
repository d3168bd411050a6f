package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.clone.Tables;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.Pauses;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * Tells the engine of ranges that they are local, while nothing is in flight: of a region that is just being copied the end of the copy would
 * overwrite what the pod writes after the mark.
 */
final class Marks {
    private static final Duration DEADLINE = Duration.ofMillis(200);
    private static final Duration HOLD = Duration.ofMillis(10);
    /** At a look: what is left waits for the next. */
    private static final int WINDOWS = 4;

    private final Host host;
    private final VolumeStacks stacks;
    private final String id;
    private final long epoch;
    private final String engineDevice;
    private final LongSupplier nanoTime;
    private final BoundedTask bounded;
    private final Deque<Reuse.Range> ranges = new ArrayDeque<>();
    private volatile long regions;
    private volatile boolean dropped;

    /** @param regions that were marked before */
    Marks(Host host, VolumeStacks stacks, String id, long epoch, long regions, LongSupplier nanoTime) {
        this.host = host;
        this.stacks = stacks;
        this.id = id;
        this.epoch = epoch;
        this.engineDevice = Names.cloneDevice(Names.copy(id, epoch));
        this.regions = regions;
        this.nanoTime = nanoTime;
        this.bounded = new BoundedTask(id);
    }

    /** Of whole regions. */
    void add(Reuse.Range range) {
        ranges.add(range);
    }

    boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** Regions that were marked, and are so on the disk. */
    long regions() {
        return regions;
    }

    /** What was added until now is not known to hold any more. Any thread; what is marked under the copy's lock from now on is none of it. */
    void drop() {
        dropped = true;
    }

    /** True when something was dropped since it was last asked. */
    boolean clearDropped() {
        if (!dropped) {
            return false;
        }
        ranges.clear();
        dropped = false;
        return true;
    }

    /** Marks what was added, as much as may be done at once. */
    void apply() {
        int windows = 0;
        while (!ranges.isEmpty()
                && windows < WINDOWS
                && stacks.attempt(id, epoch, this::mark).orElse(false)) {
            windows++;
        }
    }

    /** False when something is in flight, and nothing was done. */
    private boolean mark() {
        if (dropped || bounded.isBusy()) {
            return false;
        }
        // What it has to write down is written before the pod's I/O waits.
        working(true);
        long marked = 0;
        try (Pauses.Pause pause = bounded.run("a window", () -> host.pauses().hold(Names.outerDevice(id), DEADLINE))) {
            long[] counted = new long[1];
            if (!pause.during(() -> counted[0] = discard())) {
                return false;
            }
            marked = counted[0];
        }
        if (marked < 0) {
            return false;
        }
        working(true);
        long before = regions;
        regions = before + marked;
        return true;
    }

    /** Regions that were not local before; below zero when something was in flight, and nothing was done. */
    private long discard() {
        CloneStatus.Working before = working(false);
        if (before.hydrationEnabled() || before.hydrating() > 0) {
            return -1;
        }
        MappedDevice engine = host.deviceMapper().find(engineDevice).orElseThrow();
        if (Tables.passesDiscards(engine.table())) {
            throw new SluiceException(
                    ErrorKind.HOST,
                    "the engine of " + id + " is an earlier version's, and would discard what the pod wrote");
        }
        long start = nanoTime.getAsLong();
        do {
            Reuse.Range range = ranges.getFirst();
            host.ranges().discard(engine.device(), range.offset(), range.bytes());
            ranges.removeFirst();
        } while (!ranges.isEmpty() && nanoTime.getAsLong() - start < HOLD.toNanos());
        return working(false).hydratedRegions() - before.hydratedRegions();
    }

    private CloneStatus.Working working(boolean commit) {
        CloneStatus status = CloneStatus.parse(host.deviceMapper().status(engineDevice, commit));
        if (status instanceof CloneStatus.Working working && !working.readOnly()) {
            return working;
        }
        throw new SluiceException(ErrorKind.UNAVAILABLE, "the engine of " + id + " does not work");
    }
}
