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
    private static final long SPAN = Duration.ofSeconds(10).toMillis();
    private static final long LONGEST = Duration.ofSeconds(60).toMillis();
    private static final long STILL = Duration.ofSeconds(30).toMillis();
    private static final int BURSTS = 5;

    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(long millis, long bytes) {}

    /** A total as of now; totals never shrink. */
    void add(Instant at, long bytes) {
        long millis = at.toEpochMilli();
        samples.addLast(new Sample(millis, bytes));
        while (samples.size() > 2 && samples.getFirst().millis() < millis - LONGEST) {
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
        long millis = last.millis() - first.millis();
        if (millis < 1000) {
            return OptionalLong.empty();
        }
        return OptionalLong.of((last.bytes() - first.bytes()) * 1000 / millis);
    }

    /** Back until the span is over and there were bursts enough, or as far as is known; over the span alone when it stands still. */
    private Sample begin(Sample last) {
        Sample later = last;
        Sample ofSpan = last;
        int bursts = 0;
        for (Iterator<Sample> back = samples.descendingIterator(); back.hasNext(); ) {
            Sample sample = back.next();
            boolean inSpan = sample.millis() >= last.millis() - SPAN;
            boolean burst = sample.bytes() < later.bytes();
            if (!inSpan && burst && bursts >= BURSTS) {
                return later;
            }
            if (bursts == 0 && sample.millis() < last.millis() - STILL) {
                return ofSpan;
            }
            ofSpan = inSpan ? sample : ofSpan;
            bursts += burst ? 1 : 0;
            later = sample;
        }
        return bursts > 1 ? later : ofSpan;
    }
}
