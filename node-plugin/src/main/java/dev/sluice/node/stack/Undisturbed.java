package dev.sluice.node.stack;

import dev.sluice.node.host.Latencies;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** How a pod's I/O is while nothing is copied: what was seen in the latest of such times that have requests enough. */
final class Undisturbed {
    private static final Duration VALID = Duration.ofSeconds(60);
    private static final int ENOUGH = 1000;
    private static final double PERCENTILE = 0.99;

    private record Quiet(Instant at, Latencies io) {}

    private final Deque<Quiet> latest = new ArrayDeque<>();
    private Latencies all = Latencies.NONE;

    void clear() {
        latest.clear();
        all = Latencies.NONE;
    }

    /** Whether it is slower by so much than what was known before. */
    boolean add(Instant now, Latencies io, int percent) {
        boolean slower = isKnown() && io.count() >= LatencyBudget.FEW && isSlower(io, percent);
        latest.addLast(new Quiet(now, io));
        long count = all.count() + io.count();
        while (latest.size() > 1
                && (count - latest.getFirst().io().count() >= ENOUGH
                        || latest.getFirst().at().plus(VALID).isBefore(now))) {
            count -= latest.removeFirst().io().count();
        }
        all = latest.stream().map(Quiet::io).reduce(Latencies.NONE, Latencies::plus);
        return slower;
    }

    boolean isKnown() {
        return all.count() >= LatencyBudget.FEW;
    }

    boolean isNewerThan(Instant time) {
        return !latest.isEmpty() && latest.getLast().at().isAfter(time);
    }

    /** Nanoseconds that a request takes, without the slowest hundredth. */
    double mean() {
        return all.mean(PERCENTILE);
    }

    /** How many of the requests took longer than the slowest hundredth does, and so many per cent. */
    double slow(Latencies io, int percent) {
        return io.countAbove(all.quantile(PERCENTILE) * times(percent));
    }

    /** How many of so many may. */
    static double slow(long requests) {
        return requests * (1 - PERCENTILE);
    }

    /** Whether all but the slowest hundredth took longer by so much in the mean. */
    boolean isSlower(Latencies io, int percent) {
        return io.mean(PERCENTILE) > all.mean(PERCENTILE) * times(percent);
    }

    private static double times(int percent) {
        return 1 + percent / 100.0;
    }
}
