package dev.sluice.node.budget;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How much one copy could use, as far as can be seen: one that is held back would take more, one that is not takes what it can. */
public final class Appetite {
    private static final Duration SPAN = Duration.ofSeconds(2);
    /** One that was not held back may grow by so much until it is looked at again. */
    private static final double ROOM = 1.25;

    private static final double LEAST = 64 << 10;
    /** So long after it was last held back, a limit is what people are told of. */
    private static final Duration REMEMBERED = Duration.ofSeconds(10);

    private @Nullable Instant since;
    private @Nullable Instant lastHeld;
    private long bytes;
    private boolean heldBack;
    private double wanted = Double.POSITIVE_INFINITY;

    /**
     * @param total copied so far
     * @param held whether it was just kept from copying by a limit
     */
    public void seen(Instant now, long total, boolean held) {
        if (since == null) {
            since = now;
            bytes = total;
        }
        heldBack |= held;
        lastHeld = held ? now : lastHeld;
        double seconds = Duration.between(since, now).toNanos() / 1e9;
        if (seconds >= SPAN.toSeconds()) {
            wanted = heldBack ? Double.POSITIVE_INFINITY : Math.max(LEAST, (total - bytes) / seconds * ROOM);
            since = now;
            bytes = total;
            heldBack = false;
        }
    }

    /** Nothing is known of what comes. */
    public void restart() {
        since = null;
        lastHeld = null;
        heldBack = false;
        wanted = Double.POSITIVE_INFINITY;
    }

    /** Bytes a second. */
    public double wanted() {
        return heldBack ? Double.POSITIVE_INFINITY : wanted;
    }

    /** Whether a limit is what it waits for. */
    public boolean isHeldBack(Instant now) {
        return lastHeld != null && lastHeld.plus(REMEMBERED).isAfter(now);
    }
}
