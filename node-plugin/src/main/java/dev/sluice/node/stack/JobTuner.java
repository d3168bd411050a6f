package dev.sluice.node.stack;

import dev.sluice.node.clone.HydrationGeometry;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Finds with how many copy jobs in flight copying is fastest, while it goes on. Another number is tried between two spans of the present one,
 * so that what became faster or slower by itself is not laid to it. More jobs must be clearly faster; fewer, which let a pod's I/O wait
 * less, as fast: so it does not go to and fro. When nothing is better it rests, each time longer.
 */
final class JobTuner {
    /** With fewer, nothing is read while one is written. */
    static final int LEAST = 2;

    /** By how much more jobs must be faster. */
    private static final double CLEARLY = 1.10;
    /** The part of the rate that fewer must reach. */
    private static final double AS_FAST = 0.99;

    private static final Duration SHORTEST_REST = Duration.ofMinutes(1);
    private static final Duration LONGEST_REST = Duration.ofMinutes(256);

    private enum Step {
        REFERENCE,
        TRIAL,
        CHECK
    }

    private final Span span = new Span();
    private int kept;
    private int candidate;
    private boolean fewer;
    private boolean found;
    private Step step = Step.REFERENCE;
    private double reference;
    private double tried;
    private Duration rest = SHORTEST_REST;
    private Instant restsUntil = Instant.MIN;

    /** @param jobs by rule */
    JobTuner(int jobs) {
        this.kept = jobs;
    }

    /** A look at copying that nothing holds back; answers how many jobs are to be in flight now. */
    int look(Instant now, long bytes) {
        OptionalDouble rate = now.isBefore(restsUntil) ? OptionalDouble.empty() : span.add(now, bytes);
        if (rate.isPresent()) {
            span.restart();
            next(now, rate.getAsDouble());
        }
        return step == Step.TRIAL ? candidate : kept;
    }

    /** Something else decided how fast copying was: what was seen in this span tells nothing. */
    void interrupt() {
        span.restart();
        step = Step.REFERENCE;
    }

    /** What has turned out best so far. */
    int kept() {
        return kept;
    }

    private void next(Instant now, double rate) {
        switch (step) {
            case REFERENCE -> {
                reference = rate;
                turnAtTheEnd(now);
            }
            case TRIAL -> {
                tried = rate;
                if (isBetterThan(reference)) {
                    step = Step.CHECK;
                } else {
                    reject(now);
                }
            }
            case CHECK -> {
                if (isBetterThan(rate)) {
                    kept = candidate;
                    found = true;
                    step = Step.REFERENCE;
                } else {
                    reject(now);
                }
            }
        }
    }

    private void turnAtTheEnd(Instant now) {
        candidate = fewer ? Math.max(LEAST, kept / 2) : Math.min(HydrationGeometry.MOST_JOBS, 2 * kept);
        if (candidate == kept) {
            reject(now);
        } else {
            step = Step.TRIAL;
        }
    }

    private boolean isBetterThan(double rate) {
        return tried >= rate * (fewer ? AS_FAST : CLEARLY);
    }

    /** Who has found something in one direction does not look in the other. */
    private void reject(Instant now) {
        step = Step.REFERENCE;
        if (!fewer && !found) {
            fewer = true;
            return;
        }
        fewer = false;
        found = false;
        restsUntil = now.plus(rest);
        rest = Times.least(rest.multipliedBy(2), LONGEST_REST);
    }

    /**
     * The rate of a span that begins when what was in flight before has ended, and is so long that one job more or less, by which all advances,
     * is not seen.
     */
    private static final class Span {
        private static final Duration SETTLES = Duration.ofSeconds(1);
        private static final long SETTLES_BYTES = 64L << 20;
        private static final Duration SHORTEST = Duration.ofSeconds(4);
        private static final long LEAST_BYTES = 128L << 20;
        /** Looks that are missing may be missing for a reason. */
        private static final Duration LONGEST_GAP = Duration.ofSeconds(2);

        private @Nullable Instant begin;
        private long beginBytes;
        private boolean settled;
        private Instant last = Instant.MIN;

        void restart() {
            begin = null;
        }

        OptionalDouble add(Instant now, long bytes) {
            if (begin == null || last.plus(LONGEST_GAP).isBefore(now) || now.isBefore(last)) {
                begin(now, bytes, false);
            }
            last = now;
            Duration time = Duration.between(begin, now);
            long came = bytes - beginBytes;
            if (!settled) {
                if (time.compareTo(SETTLES) >= 0 && came >= SETTLES_BYTES) {
                    begin(now, bytes, true);
                }
                return OptionalDouble.empty();
            }
            boolean over = time.compareTo(SHORTEST) >= 0 && came >= LEAST_BYTES;
            return over ? OptionalDouble.of(came / (time.toNanos() / 1e9)) : OptionalDouble.empty();
        }

        private void begin(Instant now, long bytes, boolean after) {
            begin = now;
            beginBytes = bytes;
            settled = after;
        }
    }
}
