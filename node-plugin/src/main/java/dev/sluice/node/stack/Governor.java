package dev.sluice.node.stack;

import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.clone.HydrationGeometry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a hydration from starving. dm-clone begins a background copy only in a moment without any I/O of the pod; who keeps I/O in flight
 * gives it none. So it is counted what copying owes to its floor, and when it stays behind, a window is due: an instant in which the pod's
 * I/O is held above the engine and copies of what is owed are begun. They go on beside the pod's I/O when the window is over.
 */
final class Governor {
    /** A floor when none was asked for and nothing was measured, or little. */
    static final long LEAST = 1L << 20;

    /** The part of what was measured that is the floor when none was asked for. */
    static final int PART = 20;

    /** In flight after one window at most. */
    static final long MOST_AT_ONCE = 64L << 20;

    private static final long MEASURED_WITH = 4L << 20;
    private static final Duration MEASURE_EVERY = Duration.ofMinutes(5);
    /** A copy that only just begins, or pauses for a moment, is not behind. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Duration SPAN = Duration.ofSeconds(1);
    private static final Duration SHORTEST_GAP = Duration.ofMillis(500);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
    /** I/O is held for one part in so many of the time: too few requests to be seen in the 99th percentile. */
    private static final int UNSEEN = 200;
    /** And never for more than this, whatever floor was asked for. */
    private static final int MOST_HELD = 10;

    private static final Duration REMEMBERED = Duration.ofSeconds(30);

    /**
     * @param bytes copies of so much are to be begun
     * @param measures whether it lasts until they have arrived, which tells how fast the way is
     */
    record Window(long bytes, boolean measures) {}

    private @Nullable Instant last;
    private long lastBytes;
    private double owed;
    private @Nullable Instant behindSince;
    private @Nullable Instant lastWindow;
    private Instant next = Instant.MIN;
    private @Nullable Instant measuredAt;
    private long measured;
    private long begun = Long.MAX_VALUE;

    /** One look at an engine that should copy and may. */
    synchronized Optional<Window> look(
            Instant now, CloneStatus.Working engine, @Nullable Long least, @Nullable Long most) {
        long region = engine.regionBytes();
        long hydrated = engine.hydratedRegions() * region;
        count(now, hydrated, floor(least, most), region);
        long bytes = (long) owed / region * region;
        boolean behind = behindSince != null && !behindSince.plus(PATIENCE).isAfter(now);
        if (!behind || bytes == 0 || isCopying(engine, bytes) || now.isBefore(next)) {
            return Optional.empty();
        }
        next = now.plus(AFTER_FAILURE);
        boolean measures = least == null
                && (measuredAt == null || !measuredAt.plus(MEASURE_EVERY).isAfter(now));
        begun = measures ? Math.max(bytes, MEASURED_WITH / region * region) : bytes;
        return Optional.of(new Window(begun, measures));
    }

    /** Who waits for copies that are under way waits for the origin, not for the pod: more of them would not help. */
    private boolean isCopying(CloneStatus.Working engine, long bytes) {
        long region = engine.regionBytes();
        long usual = HydrationGeometry.of(region).threshold() * region;
        return 2 * engine.hydrating() * region >= Math.min(Math.min(bytes, usual), begun);
    }

    private void count(Instant now, long hydrated, long floor, long region) {
        if (last != null) {
            double seconds = Duration.between(last, now).toNanos() / 1e9;
            double behind = owed + floor * seconds - (hydrated - lastBytes);
            owed = Math.clamp(behind, -floor, Math.max(MOST_AT_ONCE, region));
        }
        last = now;
        lastBytes = hydrated;
        if (owed <= 0) {
            behindSince = null;
        } else if (behindSince == null) {
            behindSince = now;
        }
    }

    /** A window is over: the next comes so late that the time held is not seen, or as late as the floor allows. */
    synchronized void held(Instant now, Duration time, @Nullable Long least, @Nullable Long most) {
        Duration unseen = longer(SPAN, time.multipliedBy(UNSEEN));
        // Half of what a window may begin: it is looked only so often, and what is too much for one would be lost.
        Duration needed = longer(SHORTEST_GAP, Duration.ofMillis(MOST_AT_ONCE / 2 * 1000 / floor(least, most)));
        Duration gap = unseen.compareTo(needed) < 0 ? unseen : needed;
        lastWindow = now;
        next = now.plus(longer(gap, time.multipliedBy(MOST_HELD)));
    }

    /** How fast copies came while nothing else was under way. The time held for it, once in a while, is not counted. */
    synchronized void measured(Instant now, long bytesPerSecond) {
        measured = bytesPerSecond;
        measuredAt = now;
        lastWindow = now;
        next = now.plus(SPAN);
    }

    /** How fast copies came while nothing was held for it. */
    synchronized void saw(long bytesPerSecond) {
        measured = Math.max(measured, bytesPerSecond);
    }

    /** Bytes a second that copying must not fall below. */
    synchronized long floor(@Nullable Long least, @Nullable Long most) {
        long floor = least == null ? Math.max(LEAST, measured / PART) : least;
        return most == null ? floor : Math.min(floor, most);
    }

    /** Whether copying would starve without windows. */
    synchronized boolean isNeeded(Instant now) {
        return lastWindow != null && lastWindow.plus(REMEMBERED).isAfter(now);
    }

    /** Nothing is owed for a time in which nothing should be copied. */
    synchronized void restart() {
        last = null;
        owed = 0;
        behindSince = null;
        begun = Long.MAX_VALUE;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }
}
