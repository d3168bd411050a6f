package dev.sluice.node.stack;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Holds background copying to a number of bytes a second. The engine can only be switched on and off, so it is on while there is
 * credit; what it copies beyond that is paid back by staying off.
 */
final class CopyBudget {
    private static final Duration CREDIT = Duration.ofSeconds(1);
    /** The time over which a limit is kept. A debt that takes longer to pay back is not of the limit that holds now. */
    private static final Duration DEBT = Duration.ofSeconds(30);

    /** What is copied at once is worth no more than this, so that a limit is kept over short times too. */
    private static final Duration BURST = Duration.ofMillis(250);

    /** Until it is looked at. */
    static final Duration LONGEST_ON = Duration.ofMillis(20);

    static final Duration SHORTEST_ON = Duration.ofMillis(1);

    private @Nullable Long limit;
    private @Nullable Instant last;
    private long lastBytes;
    private double credit;
    private Duration on = LONGEST_ON;
    /** When it was last switched on: how long it was since, and what had come before. */
    private double onSeconds;

    private long bytesBefore;

    /** Whether copying may go on now, given the limit (null for none) and the bytes copied so far. */
    boolean allows(@Nullable Long bytesPerSecond, Instant now, long copiedBytes) {
        if (bytesPerSecond == null) {
            restart();
            return true;
        }
        if (last == null || limit == null) {
            credit = 0;
            bytesBefore = copiedBytes;
        } else {
            double seconds = Duration.between(last, now).toNanos() / 1e9;
            boolean wasOn = credit >= 0;
            credit = Math.min(credit + limit * seconds - (copiedBytes - lastBytes), bytes(bytesPerSecond, CREDIT));
            learn(wasOn, seconds, bytesPerSecond, copiedBytes);
        }
        if (!bytesPerSecond.equals(limit)) {
            // A share changes often: what was copied too much under the one before is not forgotten.
            credit = Math.max(credit, -bytes(bytesPerSecond, DEBT));
        }
        limit = bytesPerSecond;
        last = now;
        lastBytes = copiedBytes;
        return credit >= 0;
    }

    /** How long it may be on: what comes in that time, and after it, is known when it is switched on the next time. */
    private void learn(boolean wasOn, double seconds, long bytesPerSecond, long copiedBytes) {
        if (wasOn && seconds > 0) {
            onSeconds += seconds;
            on = Times.least(on.multipliedBy(2), LONGEST_ON);
        } else if (!wasOn && credit >= 0) {
            double part = bytes(bytesPerSecond, BURST) / Math.max(1, copiedBytes - bytesBefore);
            on = Duration.ofNanos(
                    (long) Math.clamp(part * onSeconds * 1e9, SHORTEST_ON.toNanos(), LONGEST_ON.toNanos()));
            onSeconds = 0;
            bytesBefore = copiedBytes;
        }
    }

    private static double bytes(long perSecond, Duration time) {
        return perSecond * (time.toNanos() / 1e9);
    }

    /** When copying may go on, if nothing more arrives: by then a debt is paid back. */
    Instant next(Instant now) {
        return limit == null || limit <= 0 || credit >= 0 ? now : now.plusNanos((long) (-credit / limit * 1e9));
    }

    /** Until when copying may go on without a look: as much as is worth a burst has come then. */
    Instant off(Instant now) {
        return now.plus(on);
    }

    /** Begins anew: what became local while nothing was to be copied is not charged. */
    void restart() {
        last = null;
        limit = null;
        credit = 0;
        on = LONGEST_ON;
        onSeconds = 0;
    }
}
