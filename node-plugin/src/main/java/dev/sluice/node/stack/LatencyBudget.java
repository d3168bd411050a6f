package dev.sluice.node.stack;

import dev.sluice.node.host.Latencies;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * How fast may be copied while a pod's I/O is not slowed by more than its budget. What the pod's I/O would be without copying is seen in
 * short times in which nothing is copied, again and again, since the pod's load changes, and with it what it reads of the origin. In the
 * times between it is compared, and the limit follows: it grows while the budget is kept, is halved when it is not, and never falls below
 * the floor. A pod with little I/O has no limit.
 */
final class LatencyBudget {
    /** Compared at the end of each. */
    private static final Duration SLICE = Duration.ofSeconds(1);

    private static final Duration LONGEST_SLICE = Duration.ofSeconds(3);
    private static final Duration QUIET = Duration.ofMillis(400);
    private static final Duration LONGEST_QUIET = Duration.ofSeconds(1);
    private static final Duration QUIET_EVERY = Duration.ofSeconds(5);
    private static final Duration QUIET_VALID = Duration.ofSeconds(60);
    /** Copies that do not arrive are not waited for: a pod's own writes may always have some under way. */
    private static final Duration DRAIN = Duration.ofMillis(500);

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration SHORT_LOOK = Duration.ofMillis(20);

    /** Of the requests in a slice; with fewer there is no 99th percentile. */
    private static final int FEW = 100;

    private static final int ENOUGH = 1000;

    private static final double PERCENTILE = 0.99;
    /** So many standard deviations above what may be slow is no chance. */
    private static final double CERTAIN = 2;

    private static final double CUT = 0.5;
    private static final double DOUBLED = 2;
    private static final double TOWARDS = 1.25;
    private static final double BEYOND = 1.05;
    private static final double NEAR = 0.7;
    /** A limit that is used less does not grow: it would be none when it is needed. */
    private static final double USED = 0.25;

    /** @param hydrated bytes that are local */
    record Seen(Instant at, Latencies io, long hydrated) {}

    /**
     * @param least bytes a second that copying must not fall below
     * @param percent by how much the pod's I/O may become slower
     */
    record Terms(long least, int percent) {}

    private enum Stage {
        COPYING,
        /** What is in flight is waited for. */
        DRAINING,
        QUIET
    }

    private record Quiet(Instant at, Latencies io) {}

    private Stage stage = Stage.COPYING;
    private @Nullable Seen begin;
    private Instant next = Instant.MIN;
    private final Deque<Quiet> quiet = new ArrayDeque<>();
    private Instant lastQuiet = Instant.MIN;
    private boolean resting;
    private boolean busy;
    private boolean cautious;
    private double limit;
    private double exceededAt = Double.POSITIVE_INFINITY;
    private boolean exceeded;
    private int allowedPercent;
    private long fastest;
    private long floor;

    /** Whether it is worth reading the counters now. */
    boolean isDue(Instant now) {
        return !now.isBefore(next);
    }

    /** Whether nothing is to be copied for a moment, to see how the pod's I/O is without. */
    boolean isQuiet() {
        return stage != Stage.COPYING;
    }

    /** Bytes a second; null for no limit. */
    @Nullable Long limit() {
        return busy && limit > 0 ? (Long) Math.max(floor, Math.round(limit)) : null;
    }

    /** Whether the pod's I/O is slowed by more than the budget, and copying as slow as it may be. */
    boolean isAtFloor() {
        return exceeded && limit <= floor;
    }

    /**
     * A look at a copy that goes on, but for quiet times.
     *
     * @param inFlight whether copies are under way
     */
    void look(Seen seen, boolean inFlight, Terms terms) {
        floor = Math.max(1, terms.least());
        next = seen.at().plus(LOOK);
        Seen began = begin;
        if (began == null || seen.io().isBefore(began.io())) {
            enter(Stage.COPYING, seen);
            return;
        }
        if (resting) {
            resting = false;
            beginAfterRest(began, seen);
            return;
        }
        Duration age = Duration.between(began.at(), seen.at());
        Stage before = stage;
        switch (stage) {
            case COPYING -> copied(began, seen, age, terms);
            case DRAINING -> {
                if (!inFlight || age.compareTo(DRAIN) >= 0) {
                    enter(Stage.QUIET, seen);
                }
            }
            case QUIET -> quieted(began, seen, age);
        }
        next = seen.at()
                .plus(
                        switch (stage) {
                            case COPYING -> LOOK;
                            case DRAINING -> SHORT_LOOK;
                            case QUIET -> stage == before ? SHORT_LOOK : QUIET;
                        });
    }

    private void beginAfterRest(Seen began, Seen seen) {
        if (stage == Stage.QUIET) {
            remember(began, seen);
        }
        if (without().count() >= FEW) {
            become(seen);
        } else {
            enter(Stage.COPYING, seen);
        }
    }

    /** Bytes a second that came while the pod was idle; 0 when that was not seen. */
    long fastest() {
        return fastest;
    }

    /** A look while nothing is to be copied anyway. */
    void rest(Seen seen, boolean inFlight) {
        resting = true;
        next = seen.at().plus(LOOK);
        Seen began = begin;
        if (inFlight || began == null || stage != Stage.QUIET || seen.io().isBefore(began.io())) {
            enter(inFlight ? Stage.DRAINING : Stage.QUIET, seen);
        } else if (!began.at().plus(SLICE).isAfter(seen.at())) {
            remember(began, seen);
            enter(Stage.QUIET, seen);
        }
    }

    /** Nothing is known of the pod's I/O. */
    void forget(Instant now) {
        begin = null;
        stage = Stage.COPYING;
        resting = false;
        busy = false;
        exceeded = false;
        quiet.clear();
        lastQuiet = Instant.MIN;
        next = now.plus(LOOK);
    }

    private void copied(Seen began, Seen seen, Duration age, Terms terms) {
        Latencies io = seen.io().since(began.io());
        long rate = Math.max(0, seen.hydrated() - began.hydrated()) * 1000 / Math.max(1, age.toMillis());
        if (!busy && io.count() >= FEW) {
            become(seen);
        } else if (io.count() < FEW && age.compareTo(LONGEST_SLICE) >= 0) {
            // What such a pod feels cannot be told.
            busy = false;
            fastest = Math.max(fastest, rate);
            enter(Stage.COPYING, seen);
        } else if (io.count() >= FEW && age.compareTo(SLICE) >= 0) {
            compare(io, rate, terms.percent());
            enter(isFresh(seen.at()) ? Stage.COPYING : Stage.DRAINING, seen);
        }
    }

    /** From the floor, or from what was good lately. */
    private void become(Seen seen) {
        busy = true;
        exceeded = false;
        cautious = limit > floor;
        limit = Math.max(floor, limit);
        exceededAt = Double.POSITIVE_INFINITY;
        enter(isFresh(seen.at()) ? Stage.COPYING : Stage.DRAINING, seen);
    }

    private boolean isFresh(Instant now) {
        return lastQuiet.isAfter(now.minus(QUIET_EVERY));
    }

    private void quieted(Seen began, Seen seen, Duration age) {
        boolean enough = seen.io().since(began.io()).count() >= 2 * FEW && age.compareTo(QUIET) >= 0;
        if (enough || age.compareTo(LONGEST_QUIET) >= 0) {
            remember(began, seen);
            enter(Stage.COPYING, seen);
        }
    }

    private void remember(Seen began, Seen seen) {
        lastQuiet = seen.at();
        quiet.addLast(new Quiet(seen.at(), seen.io().since(began.io())));
        long count = quiet.stream().mapToLong(each -> each.io().count()).sum();
        while (quiet.size() > 1
                && (count - quiet.getFirst().io().count() >= ENOUGH
                        || quiet.getFirst().at().plus(QUIET_VALID).isBefore(seen.at()))) {
            count -= quiet.removeFirst().io().count();
        }
    }

    private Latencies without() {
        return quiet.stream().map(Quiet::io).reduce(Latencies.NONE, Latencies::plus);
    }

    private void compare(Latencies io, long rate, int percent) {
        Latencies without = without();
        if (without.count() < FEW) {
            return;
        }
        if (percent != allowedPercent) {
            allowedPercent = percent;
            exceededAt = Double.POSITIVE_INFINITY;
        }
        double most = 1 + percent / 100.0;
        double slow = io.countAbove(without.quantile(PERCENTILE) * most);
        double allowed = io.count() * (1 - PERCENTILE);
        boolean slower = io.mean(PERCENTILE) > without.mean(PERCENTILE) * most;
        exceeded = slower || slow > allowed + CERTAIN * Math.sqrt(allowed);
        if (exceeded) {
            exceededAt = Math.max(floor, Math.min(limit, rate));
            limit = Math.max(floor, exceededAt * CUT);
            cautious = true;
        } else if (slow <= allowed && rate >= USED * limit) {
            grow();
        }
    }

    /** Fast at first, then towards what was too much, and beyond that little by little. */
    private void grow() {
        if (limit > exceededAt) {
            exceededAt = Double.POSITIVE_INFINITY;
        }
        double far = cautious ? TOWARDS : DOUBLED;
        limit *= limit < NEAR * exceededAt ? far : BEYOND;
    }

    private void enter(Stage entered, Seen seen) {
        stage = entered;
        begin = seen;
    }
}
