package dev.sluice.node.stack;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.OptionalLong;

/**
 * Bytes a second over the last seconds. Where bytes come in bursts, because of a limit or of a pod that leaves the engine no time, over so
 * long a time that several are in it: else the rate, and the estimate made of it, would swing with each.
 */
final class RateWindow {
    private static final Duration SPAN = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final Duration STILL = Duration.ofSeconds(30);
    private static final int BURSTS = 5;

    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(Instant at, long bytes) {}

    /** A total as of now; totals never shrink. */
    void add(Instant at, long bytes) {
        samples.addLast(new Sample(at, bytes));
        while (samples.size() > 2 && samples.getFirst().at().isBefore(at.minus(LONGEST))) {
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
        Sample last = samples.getLast();
        Sample first = begin(last);
        long millis = Duration.between(first.at(), last.at()).toMillis();
        if (millis < 1000) {
            return OptionalLong.empty();
        }
        return OptionalLong.of((last.bytes() - first.bytes()) * 1000 / millis);
    }

    /** Back until the span is over and there were bursts enough, or as far as is known; over the span alone when it stands still. */
    private Sample begin(Sample last) {
        Instant recent = last.at().minus(SPAN);
        Sample later = last;
        Sample ofSpan = last;
        int bursts = 0;
        for (Iterator<Sample> back = samples.descendingIterator(); back.hasNext(); ) {
            Sample sample = back.next();
            boolean inSpan = !sample.at().isBefore(recent);
            boolean burst = sample.bytes() < later.bytes();
            if (!inSpan && burst && bursts >= BURSTS) {
                return later;
            }
            if (bursts == 0 && sample.at().isBefore(last.at().minus(STILL))) {
                return ofSpan;
            }
            ofSpan = inSpan ? sample : ofSpan;
            bursts += burst ? 1 : 0;
            later = sample;
        }
        return bursts > 1 ? later : ofSpan;
    }
}
