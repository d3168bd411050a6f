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
        if (last == null || !bytesPerSecond.equals(limit)) {
            limit = bytesPerSecond;
            credit = 0;
        } else {
            double seconds = Duration.between(last, now).toNanos() / 1e9;
            credit = credit + bytesPerSecond * seconds - (copiedBytes - lastBytes);
            credit = Math.min(credit, bytesPerSecond * (CREDIT.toNanos() / 1e9));
        }
        last = now;
        lastBytes = copiedBytes;
        return credit >= 0;
    }

    /** Begins anew: what became local while nothing was to be copied is not charged. */
    void restart() {
        last = null;
    }
}
