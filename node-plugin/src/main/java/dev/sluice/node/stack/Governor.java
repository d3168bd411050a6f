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
 * I/O is held above the engine and what is owed is copied, as much at a time as arrives in it: few of the pod's requests wait for that, and
 * the others meet no copy.
 */
final class Governor {
    /** A floor when none was asked for and nothing was measured, or little. */
    static final long LEAST = 1L << 20;

    /** The part of what was measured that is the floor when none was asked for. */
    static final int PART = 20;

    /** In flight after one window at most. */
    static final long MOST_AT_ONCE = 64L << 20;

    private static final long MEASURED_WITH = 4L << 20;
    private static final Duration MEASUREMENT = Duration.ofMillis(100);
    private static final Duration MEASURE_EVERY = Duration.ofMinutes(5);
    /** A copy that only just begins, or pauses for a moment, is not behind. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** What is owed does not wait for longer, however little it is. */
    private static final Duration SPAN = Duration.ofSeconds(5);

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
    /** I/O is never held for more than one part in so many of the time, whatever floor was asked for. */
    private static final int MOST_HELD = 10;
    /** Of a window: what is begun in it arrives in it, though one is slower than the last. */
    private static final double FILLED = 0.8;

    /** Times the length of a window, until what was to arrive in it is not waited for any more. */
    private static final int MOST_LATE = 2;
    /** More than what is owed meanwhile, so that less is owed. */
    private static final double AHEAD = 1.5;

    private static final Duration REMEMBERED = Duration.ofSeconds(30);

    /**
     * @param bytes copies of so much are to be begun
     * @param longest that it waits for them to arrive
     * @param measures whether it is to tell how fast the way is
     */
    record Window(long bytes, Duration longest, boolean measures) {}

    private @Nullable Instant last;
    private long lastBytes;
    private double owed;
    private @Nullable Instant behindSince;
    private @Nullable Instant lastWindow;
    private @Nullable Instant starved;
    private Instant next = Instant.MIN;
    private @Nullable Instant measuredAt;
    private long measured;
    private double speed;
    private Duration length = Duration.ZERO;
    private long begun = Long.MAX_VALUE;

    /**
     * One look at an engine that should copy and may.
     *
     * @param only whether copies are to come in windows only
     * @param longest that a window is to take
     */
    synchronized Optional<Window> look(
            Instant now,
            CloneStatus.Working engine,
            @Nullable Long least,
            @Nullable Long most,
            boolean only,
            Duration longest) {
        length = longest;
        long region = engine.regionBytes();
        long hydrated = engine.hydratedRegions() * region;
        long floor = floor(least, most);
        count(now, hydrated, floor, region);
        long bytes = (long) Math.min(owed, Math.max(largest(floor), region)) / region * region;
        if (bytes == 0 || !isBehind(now, only) || isCopying(engine, bytes) || now.isBefore(next)) {
            return Optional.empty();
        }
        next = now.plus(AFTER_FAILURE);
        if (!only) {
            starved = now;
        }
        boolean measures = least == null
                && (measuredAt == null || !measuredAt.plus(MEASURE_EVERY).isAfter(now));
        begun = measures ? Math.max(bytes, MEASURED_WITH / region * region) : bytes;
        return Optional.of(new Window(begun, measures ? MEASUREMENT : longestWait(), measures));
    }

    /** Windows that are needed anyway come as soon as there is one's worth to copy. */
    private boolean isBehind(Instant now, boolean only) {
        if (!only && !isNeeded(now)) {
            return behindSince != null && !behindSince.plus(PATIENCE).isAfter(now);
        }
        boolean late = lastWindow == null || !lastWindow.plus(SPAN).isAfter(now);
        return late || owed >= portion();
    }

    /** Bytes of one window: what arrives in it, or what the floor takes where windows can come no more often. */
    private double largest(long floor) {
        double between = length.toNanos() / 1e9 * MOST_HELD;
        return Math.max(portion(), AHEAD * floor * between);
    }

    /** What is late would go on beside the pod's I/O, and more requests would meet it than wait for a window. What is meant to go on may. */
    private Duration longestWait() {
        return begun <= portion() ? length.multipliedBy(MOST_LATE) : length;
    }

    /** Bytes that arrive in one window. */
    private double portion() {
        return Math.min(speed * FILLED * length.toNanos() / 1e9, MOST_AT_ONCE);
    }

    /** From when on a look may show that a window is due, between the looks at all; never, while those are enough. */
    synchronized Instant nextWindow(Instant now, @Nullable Long least, @Nullable Long most) {
        boolean recent = lastWindow != null && lastWindow.plus(REMEMBERED).isAfter(now);
        if (last == null || !recent) {
            return Instant.MAX;
        }
        double seconds = Math.max(0, portion() - owed) / floor(least, most);
        Instant owes = last.plusNanos((long) (seconds * 1e9));
        return Times.most(owes, next);
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

    /**
     * A window is over.
     *
     * @param held how long the pod's I/O waited
     * @param bytesPerSecond at which copies arrived in it
     */
    synchronized void held(Instant now, Duration held, double bytesPerSecond) {
        speed = speed == 0 ? bytesPerSecond : (speed + bytesPerSecond) / 2;
        lastWindow = now;
        next = now.plus(held.multipliedBy(MOST_HELD));
    }

    /** How fast copies came while nothing else was under way. The time held for it, once in a while, is not counted. */
    synchronized void measured(Instant now, double bytesPerSecond) {
        measured = (long) bytesPerSecond;
        measuredAt = now;
        speed = bytesPerSecond;
        lastWindow = now;
        next = now;
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
        return starved != null && starved.plus(REMEMBERED).isAfter(now);
    }

    /** Nothing is owed for a time in which nothing should be copied. */
    synchronized void restart() {
        last = null;
        owed = 0;
        behindSince = null;
        begun = Long.MAX_VALUE;
    }
}
