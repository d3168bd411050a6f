package dev.sluice.node.stack;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
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

    /** Samples, the oldest first: all of them are read at each look, of every volume. */
    private long[] millis = new long[32];

    private long[] bytes = new long[32];
    private int begin;
    private int end;

    /** A total as of now; totals never shrink. */
    synchronized void add(Instant at, long total) {
        if (end == millis.length) {
            makeRoom();
        }
        millis[end] = at.toEpochMilli();
        bytes[end] = total;
        end++;
        while (end - begin > 2 && millis[begin] < millis[end - 1] - LONGEST) {
            begin++;
        }
    }

    private void makeRoom() {
        int count = end - begin;
        int length = count > millis.length / 2 ? 2 * millis.length : millis.length;
        millis = Arrays.copyOf(Arrays.copyOfRange(millis, begin, end), length);
        bytes = Arrays.copyOf(Arrays.copyOfRange(bytes, begin, end), length);
        begin = 0;
        end = count;
    }

    /** Forgets what was seen, after a jump that was no copying. */
    synchronized void clear() {
        begin = 0;
        end = 0;
    }

    synchronized OptionalLong bytesPerSecond() {
        if (end - begin < 2) {
            return OptionalLong.empty();
        }
        int last = end - 1;
        int first = first(last);
        long time = millis[last] - millis[first];
        if (time < 1000) {
            return OptionalLong.empty();
        }
        return OptionalLong.of((bytes[last] - bytes[first]) * 1000 / time);
    }

    /** Back until the span is over and there were bursts enough, or as far as is known; over the span alone when it stands still. */
    private int first(int last) {
        int later = last;
        int ofSpan = last;
        int bursts = 0;
        for (int sample = last; sample >= begin; sample--) {
            boolean inSpan = millis[sample] >= millis[last] - SPAN;
            boolean burst = bytes[sample] < bytes[later];
            if (!inSpan && burst && bursts >= BURSTS) {
                return later;
            }
            if (bursts == 0 && millis[sample] < millis[last] - STILL) {
                return ofSpan;
            }
            ofSpan = inSpan ? sample : ofSpan;
            bursts += burst ? 1 : 0;
            later = sample;
        }
        return bursts > 1 ? later : ofSpan;
    }
}
