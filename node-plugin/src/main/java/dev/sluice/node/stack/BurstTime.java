package dev.sluice.node.stack;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How long an engine under a limit is on before it is looked at. What it copies at once is worth a quarter of a second, so that a limit is
 * kept over short times too; how much comes in which time, and after it, is learnt from the last time it was on.
 */
final class BurstTime {
    static final Duration LONGEST = Duration.ofMillis(20);
    static final Duration SHORTEST = Duration.ofMillis(1);

    private static final Duration WORTH = Duration.ofMillis(250);

    private Duration next = LONGEST;
    private @Nullable Instant last;
    private boolean wasOn;
    private Duration spent = Duration.ZERO;
    /** What had come when it was last switched on. */
    private long before;

    /**
     * A look at it.
     *
     * @param on whether it is on from now on
     * @param bytesPerSecond the limit, null for none
     * @param copied bytes so far
     */
    void seen(Instant now, boolean on, @Nullable Long bytesPerSecond, long copied) {
        if (bytesPerSecond == null) {
            restart();
            return;
        }
        if (last == null) {
            before = copied;
        } else if (wasOn) {
            spent = spent.plus(Duration.between(last, now));
            next = now.isAfter(last) ? Times.least(next.multipliedBy(2), LONGEST) : next;
        } else if (on) {
            double part = bytesPerSecond * WORTH.toNanos() / 1e9 / Math.max(1, copied - before);
            next = Duration.ofNanos((long) Math.clamp(part * spent.toNanos(), SHORTEST.toNanos(), LONGEST.toNanos()));
            spent = Duration.ZERO;
            before = copied;
        }
        last = now;
        wasOn = on;
    }

    /** For how long it is on, from when it was last seen. */
    Duration next() {
        return next;
    }

    /** Begins anew, without what was learnt. */
    void restart() {
        next = LONGEST;
        last = null;
        spent = Duration.ZERO;
    }
}
