package dev.sluice.node.stack;

import dev.sluice.names.Names;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.host.Host;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is done about an origin whose disk cannot read some regions: what fails is let fail, the rest is copied region by region, and when
 * nothing but such regions is left, copying ends until one of them can be read.
 */
final class Isolation {
    private static final Duration DRAINS = Duration.ofSeconds(2);
    private static final Duration FIRST_TRY = Duration.ofSeconds(10);
    private static final Duration LAST_TRY = Duration.ofMinutes(5);
    /** Without a refusal, copying goes on as usual: what is bad may be a small part of much. */
    private static final Duration CALM = Duration.ofSeconds(30);

    private static final long UNKNOWN = -1;

    private final Host host;
    private final VolumeStacks stacks;
    private final String id;
    private final String engineDevice;
    private final String sourceDevice;
    private final Drain drain;
    private final BadRegions regions;

    private volatile boolean erring;
    private volatile @Nullable Stuck stuck;
    private volatile Duration interval = FIRST_TRY;
    private volatile Instant nextDrain = Instant.MIN;
    private volatile long hydratedBefore = UNKNOWN;

    /** @param nanoTime a clock that is never set, as System.nanoTime */
    Isolation(Host host, VolumeStacks stacks, String id, long epoch, LongSupplier nanoTime) {
        this.host = host;
        this.stacks = stacks;
        this.id = id;
        this.engineDevice = Names.cloneDevice(Names.copy(id, epoch));
        this.sourceDevice = Names.sourceDevice(Names.copy(id, epoch));
        this.drain = new Drain(host, stacks, id, epoch, nanoTime);
        this.regions = new BadRegions(host, id, epoch);
    }

    /** Nothing can be read of what is missing. */
    private record Stuck(BadRegions.Found found, long hydrated, Instant nextTry) {}

    /** Regions that the origin cannot read, when nothing else is missing any more. */
    Optional<BadRegions.Found> found() {
        return Optional.ofNullable(stuck).map(Stuck::found);
    }

    /** The origin's disk has refused reads, and what can be read is being copied. */
    boolean isErring() {
        return erring;
    }

    /** How long until what cannot be read is tried again. */
    Duration interval() {
        return interval;
    }

    /**
     * Whether there is work to do.
     *
     * @param refused whether the origin's disk refuses a read that is in flight now
     */
    boolean isDue(CloneStatus.Working engine, Instant now, boolean refused) {
        Stuck known = stuck;
        boolean changed = known != null
                && (known.hydrated() != engine.hydratedRegions()
                        || !known.nextTry().isAfter(now));
        return changed || isCalm(now) || (refused && !nextDrain.isAfter(now));
    }

    private boolean isCalm(Instant now) {
        return erring && stuck == null && nextDrain.plus(CALM).isBefore(now);
    }

    /**
     * May take seconds.
     *
     * @param copying whether the engine should copy now
     */
    void work(VolumeOrder order, Instant now, boolean refused, boolean copying) {
        if (refused) {
            nextDrain = now.plus(DRAINS);
            if (!drain.run()) {
                return;
            }
        }
        Stuck known = stuck;
        if (known != null) {
            tryAgain(order, known, now);
        } else if (isCalm(now)) {
            heal();
        } else if (copying) {
            isolate(order, now);
        }
    }

    /** What fails is copied region by region from now on: a batch fails as a whole. */
    void isolate(VolumeOrder order, Instant now) {
        erring = true;
        nextDrain = now.plus(DRAINS);
        // What is read as one fails as one: alone, a region that can be read is told from one that cannot.
        letMerge(false);
        CloneStatus.Working committed =
                CloneStatus.requireWorking(id, host.deviceMapper().status(engineDevice, true));
        long missing = committed.totalRegions() - committed.hydratedRegions();
        boolean nothingCame = committed.hydratedRegions() == hydratedBefore;
        hydratedBefore = committed.hydratedRegions();
        if (missing > 0 && (missing <= BadRegions.MOST || nothingCame)) {
            survey(order, committed.hydratedRegions(), now);
        }
    }

    private void survey(VolumeOrder order, long hydrated, Instant now) {
        BadRegions.Found found = regions.missing(stacks.group(order.spec().pool()));
        stuck = found.missing() == 0 || regions.anyReadable(found)
                ? null
                : new Stuck(found, hydrated, now.plus(interval));
    }

    private void tryAgain(VolumeOrder order, Stuck known, Instant now) {
        CloneStatus.Working committed =
                CloneStatus.requireWorking(id, host.deviceMapper().status(engineDevice, true));
        boolean fewer = committed.hydratedRegions() != known.hydrated();
        if (!fewer && known.nextTry().isAfter(now)) {
            return;
        }
        if (!fewer) {
            Duration longer = interval.multipliedBy(2);
            interval = Times.least(longer, LAST_TRY);
        }
        // Also when it cannot be found out now, it is not tried at every look.
        stuck = new Stuck(known.found(), committed.hydratedRegions(), now.plus(interval));
        survey(order, committed.hydratedRegions(), now);
        if (stuck == null) {
            heal();
        } else if (!known.found().isAll()) {
            // Beyond those that were tried may be some that can be read: the engine goes on where it ended.
            hydratedBefore = UNKNOWN;
            stuck = null;
        }
    }

    private void heal() {
        erring = false;
        interval = FIRST_TRY;
        hydratedBefore = UNKNOWN;
        letMerge(true);
    }

    private void letMerge(boolean merge) {
        host.deviceMapper().find(sourceDevice).ifPresent(device -> host.ranges().letMerge(device.device(), merge));
    }
}
