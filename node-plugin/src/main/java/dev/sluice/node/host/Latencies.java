package dev.sluice.node.host;

import java.util.stream.LongStream;

/** How many requests took how long. Lengths are told apart by a twelfth, which is finer than any budget that makes sense. */
public final class Latencies {
    private static final int SHORTEST_EXPONENT = 14;
    private static final int LONGEST_EXPONENT = 30;
    private static final int PARTS = 8;
    private static final long[] BOUNDS = LongStream.rangeClosed(
                    0, (LONGEST_EXPONENT - SHORTEST_EXPONENT) * (long) PARTS)
            .map(step -> Math.round(Math.pow(2, SHORTEST_EXPONENT + step / (double) PARTS)))
            .toArray();

    public static final Latencies NONE = new Latencies(new long[BOUNDS.length + 1]);

    private final long[] counts;
    private final long count;

    private Latencies(long[] counts) {
        this.counts = counts;
        long sum = 0;
        for (long requests : counts) {
            sum += requests;
        }
        this.count = sum;
    }

    /** From the number of requests below each bound and, last, above all. */
    public static Latencies of(long[] counts) {
        if (counts.length != BOUNDS.length + 1) {
            throw new IllegalArgumentException(counts.length + " counts for " + BOUNDS.length + " bounds");
        }
        return new Latencies(counts.clone());
    }

    /** So many requests of one length. */
    public static Latencies of(long count, long nanos) {
        long[] counts = new long[BOUNDS.length + 1];
        int bin = 0;
        while (bin < BOUNDS.length && BOUNDS[bin] <= nanos) {
            bin++;
        }
        counts[bin] = count;
        return new Latencies(counts);
    }

    /** In nanoseconds, ascending. */
    public static LongStream bounds() {
        return LongStream.of(BOUNDS);
    }

    public Latencies plus(Latencies other) {
        return combined(other, 1);
    }

    /** What came since; counters only grow. */
    public Latencies since(Latencies earlier) {
        return combined(earlier, -1);
    }

    private Latencies combined(Latencies other, int sign) {
        long[] sum = counts.clone();
        for (int bin = 0; bin < sum.length; bin++) {
            sum[bin] += sign * other.counts[bin];
        }
        return new Latencies(sum);
    }

    /** Whether counting began anew since the earlier. */
    public boolean isBefore(Latencies earlier) {
        for (int bin = 0; bin < counts.length; bin++) {
            if (counts[bin] < earlier.counts[bin]) {
                return true;
            }
        }
        return false;
    }

    public long count() {
        return count;
    }

    /** Nanoseconds within which the part of all requests ended. */
    public double quantile(double part) {
        double rank = part * count;
        long below = 0;
        for (int bin = 0; bin < counts.length; bin++) {
            if (counts[bin] > 0 && below + counts[bin] >= rank) {
                return lower(bin) + (upper(bin) - lower(bin)) * (rank - below) / counts[bin];
            }
            below += counts[bin];
        }
        return 0;
    }

    /** The mean of the fastest, as many as the part says: single ones that took very long are no matter of load. */
    public double mean(double part) {
        double wanted = part * count;
        double left = wanted;
        double sum = 0;
        for (int bin = 0; bin < counts.length && left > 0; bin++) {
            double taken = Math.min(left, counts[bin]);
            sum += taken * (lower(bin) + upper(bin)) / 2;
            left -= taken;
        }
        return wanted > 0 ? sum / wanted : 0;
    }

    /** How many took longer. */
    public double countAbove(double nanos) {
        double above = 0;
        for (int bin = 0; bin < counts.length; bin++) {
            double part = (upper(bin) - nanos) / (upper(bin) - lower(bin));
            above += counts[bin] * Math.clamp(part, 0, 1);
        }
        return above;
    }

    private static double lower(int bin) {
        return bin == 0 ? 0 : BOUNDS[bin - 1];
    }

    private static double upper(int bin) {
        return bin < BOUNDS.length ? BOUNDS[bin] : 2.0 * BOUNDS[bin - 1];
    }
}
