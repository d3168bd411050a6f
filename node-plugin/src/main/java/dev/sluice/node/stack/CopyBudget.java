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

    private @Nullable Long limit;
    private @Nullable Instant last;
    private long lastBytes;
    private double credit;

    /** Whether copying may go on now, given the limit (null for none) and the bytes copied so far. */
    boolean allows(@Nullable Long bytesPerSecond, Instant now, long copiedBytes) {
        if (bytesPerSecond == null) {
            restart();
            return true;
        }
        if (last == null || limit == null) {
            credit = 0;
        } else {
            double seconds = Duration.between(last, now).toNanos() / 1e9;
            credit = Math.min(credit + limit * seconds - (copiedBytes - lastBytes), bytes(bytesPerSecond, CREDIT));
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

    private static double bytes(long perSecond, Duration time) {
        return perSecond * (time.toNanos() / 1e9);
    }

    /** When copying may go on, if nothing more arrives: by then a debt is paid back. */
    Instant next(Instant now) {
        return limit == null || limit <= 0 || credit >= 0 ? now : now.plusNanos((long) (-credit / limit * 1e9));
    }

    /** Begins anew: what became local while nothing was to be copied is not charged. */
    void restart() {
        last = null;
        limit = null;
        credit = 0;
    }
}
