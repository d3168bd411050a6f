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
        double most = bytesPerSecond * (CREDIT.toNanos() / 1e9);
        if (last == null || limit == null) {
            credit = 0;
        } else {
            double seconds = Duration.between(last, now).toNanos() / 1e9;
            credit = Math.min(credit + limit * seconds - (copiedBytes - lastBytes), most);
        }
        if (!bytesPerSecond.equals(limit)) {
            // A share changes often: what was copied too much under the one before is not forgotten, but what would
            // take
            // long to pay back under this.
            credit = Math.max(credit, -most);
        }
        limit = bytesPerSecond;
        last = now;
        lastBytes = copiedBytes;
        return credit >= 0;
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
