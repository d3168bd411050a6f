package dev.sluice.controller.domain;

import java.time.Duration;

/** An instant by which a caller wants its answer. */
public final class Deadline {
    private final long nanos;

    private Deadline(long nanos) {
        this.nanos = nanos;
    }

    public static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    /** Time left, never negative. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
    }

    public Deadline atMost(Duration duration) {
        return left().compareTo(duration) < 0 ? this : in(duration);
    }
}
