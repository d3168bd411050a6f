package dev.sluice.node.stack;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/** Bytes a second over the last seconds. */
final class RateWindow {
    private static final Duration SPAN = Duration.ofSeconds(10);

    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(Instant at, long bytes) {}

    /** A total as of now; totals never shrink. */
    void add(Instant at, long bytes) {
        samples.addLast(new Sample(at, bytes));
        while (samples.size() > 2 && samples.getFirst().at().isBefore(at.minus(SPAN))) {
            samples.removeFirst();
        }
    }

    /** Forgets what was seen, after a jump that was no copying. */
    void clear() {
        samples.clear();
    }

    OptionalLong bytesPerSecond() {
        if (samples.size() < 2) {
            return OptionalLong.empty();
        }
        long millis = Duration.between(
                        samples.getFirst().at(), samples.getLast().at())
                .toMillis();
        if (millis < 1000) {
            return OptionalLong.empty();
        }
        long bytes = samples.getLast().bytes() - samples.getFirst().bytes();
        return OptionalLong.of(bytes * 1000 / millis);
    }
}
