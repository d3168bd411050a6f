package dev.sluice.node.stack;

import dev.sluice.node.host.Latencies;
import dev.sluice.node.host.ProcessorTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How fast may be copied while a pod's I/O is not slowed by more than its budget. What the pod's I/O would be without copying is seen in
 * short times in which nothing is copied, again and again, since the pod's load changes, and with it what it reads of the origin. In the
 * times between it is compared, and the limit follows: it grows while the budget is kept, is halved when it is not, and never falls below
 * the floor. At first, and when even the floor is too much, copies come only in windows, in which the pod's I/O is held: few requests wait
 * for one, where many meet copies that go on beside them. That is seen too, and whatever slows fewer is done. A pod with little I/O has no
 * limit.
 */
final class LatencyBudget {
    /** Compared at the end of each. */
    private static final Duration SLICE = Duration.ofSeconds(1);

    private static final Duration LONGEST_SLICE = Duration.ofSeconds(3);
    private static final Duration QUIET = Duration.ofMillis(400);
    private static final Duration LONGEST_QUIET = Duration.ofSeconds(1);
    private static final Duration QUIET_EVERY = Duration.ofSeconds(5);
    /** Copies that do not arrive are not waited for: a pod's own writes may always have some under way. */
    private static final Duration DRAIN = Duration.ofMillis(500);

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration SHORT_LOOK = Duration.ofMillis(20);

    /** Of the requests in a slice; with fewer there is no 99th percentile. */
    static final int FEW = 100;

    private static final double UNKNOWN = 1;

    /** Who allows that I/O becomes twice as slow wants the copy to end soon: copies beside are tried at once. */
    private static final int WIDE_PERCENT = 100;

    /** Of the processors' time. With less to spare, copies beside take it from pods, and no counter of I/O shows that they wait. */
    private static final double SPARE = 0.1;

    /** So many standard deviations above what may be slow is no chance. */
    private static final double CERTAIN = 2;

    private static final double CUT = 0.5;
    private static final double DOUBLED = 2;
    private static final double TOWARDS = 1.25;
    private static final double BEYOND = 1.05;
    private static final double NEAR = 0.7;
    /** Of slices in which no request is slow, so many pay back everything. */
    private static final double DEEPEST = 60;

    /** While windows take a twentieth of the time, of a number of requests that is always in flight one in 500 waits for one. */
    private static final int REQUESTS_A_WINDOW = 25;

    private static final Duration SHORTEST_WINDOW = Duration.ofMillis(25);
    private static final Duration UNKNOWN_WINDOW = Duration.ofMillis(50);
    private static final Duration LONGEST_WINDOW = Duration.ofMillis(100);

    private static final Duration SHORTEST_HOLD = Duration.ofSeconds(30);
    private static final Duration LONGEST_HOLD = Duration.ofMinutes(8);

    /** A limit that is used less does not grow: it would be none when it is needed. */
    private static final double USED = 0.25;

    /** @param hydrated bytes that are local */
    record Seen(Instant at, Latencies io, ProcessorTime processors, long hydrated) {}

    /**
     * @param least bytes a second that copying must not fall below
     * @param percent by how much the pod's I/O may become slower
     */
    record Terms(long least, int percent) {}

    private enum Stage {
        COPYING,
        /** What is in flight is waited for. */
        DRAINING,
        QUIET,
        /** Copies come in windows only. */
        HELD
    }

    private Stage stage = Stage.COPYING;
    private @Nullable Seen begin;
    private Instant next = Instant.MIN;
    private final Undisturbed undisturbed = new Undisturbed();
    private boolean resting;
    private boolean busy;
    private boolean cautious;
    /** Whether the processors had nothing to spare lately. */
    private boolean crowded;

    private double limit;
    private double exceededAt = Double.POSITIVE_INFINITY;
    private boolean exceeded;
    private int allowedPercent;
    private long fastest;
    private long floor;
    /** Requests that were slow beyond those that may be. */
    private double debt;
    /** The part of the requests that was slow when as little as possible was copied beside them; not known at first. */
    private double slowBeside = UNKNOWN;

    private long heldAt;
    private final LongAdder delayed = new LongAdder();
    private Duration hold = SHORTEST_HOLD;
    private Instant heldUntil = Instant.MIN;
    private Instant besideUntil = Instant.MIN;

    /** Whether it is worth reading the counters now. */
    boolean isDue(Instant now) {
        return !now.isBefore(next);
    }

    /** From when on it is. */
    Instant next() {
        return next;
    }

    /** Whether nothing is to be copied for a moment, to see how the pod's I/O is without. */
    boolean isQuiet() {
        return stage == Stage.DRAINING || stage == Stage.QUIET;
    }

    /** Whether copies are to come only in windows. */
    boolean isHeld() {
        return stage == Stage.HELD;
    }

    /**
     * Of a window: so rare, for what it has to copy, that the few requests that meet one are not seen among all. Where they wait for a
     * processor as well, nobody knows for how long, and windows are as rare as they may be.
     */
    Duration longestWindow() {
        if (crowded) {
            return LONGEST_WINDOW;
        }
        return undisturbed.isKnown()
                ? Duration.ofNanos(Math.clamp(
                        (long) (undisturbed.mean() * REQUESTS_A_WINDOW),
                        SHORTEST_WINDOW.toNanos(),
                        LONGEST_WINDOW.toNanos()))
                : UNKNOWN_WINDOW;
    }

    /** So many requests waited for a window. */
    void delayed(long requests) {
        delayed.add(requests);
    }

    /** Bytes a second; null for no limit. */
    @Nullable Long limit() {
        if (!busy || limit <= 0) {
            return null;
        }
        return isHeld() ? floor : Math.max(floor, Math.round(limit));
    }

    /** Whether the pod's I/O is slowed by more than the budget, or would be, and copying as slow as it may be. */
    boolean isAtFloor() {
        return (exceeded || crowded) && limit <= floor;
    }

    /**
     * A look at a copy that goes on, but for quiet times.
     *
     * @param inFlight whether copies are under way
     */
    void look(Seen seen, boolean inFlight, Terms terms) {
        floor = Math.max(1, terms.least());
        if (terms.percent() != allowedPercent) {
            allowedPercent = terms.percent();
            settle();
        }
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
            case COPYING -> copied(began, seen, age);
            case DRAINING -> {
                if (!inFlight || age.compareTo(DRAIN) >= 0) {
                    enter(Stage.QUIET, seen);
                }
            }
            case QUIET -> quieted(began, seen, age);
            case HELD -> held(began, seen, age, terms);
        }
        next = seen.at()
                .plus(
                        switch (stage) {
                            case COPYING, HELD -> LOOK;
                            case DRAINING -> SHORT_LOOK;
                            case QUIET -> stage == before ? SHORT_LOOK : QUIET;
                        });
    }

    private void beginAfterRest(Seen began, Seen seen) {
        if (stage == Stage.QUIET) {
            remember(began, seen);
        }
        if (undisturbed.isKnown()) {
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
        crowded = false;
        besideUntil = Instant.MIN;
        settle();
        undisturbed.clear();
        next = now.plus(LOOK);
    }

    private void copied(Seen began, Seen seen, Duration age) {
        Latencies io = seen.io().since(began.io());
        long rate = Math.max(0, seen.hydrated() - began.hydrated()) * 1000 / Math.max(1, age.toMillis());
        if (!busy && io.count() >= FEW) {
            become(seen);
        } else if (isIdle(io, age)) {
            fastest = Math.max(fastest, rate);
            becomeIdle(seen);
        } else if (isSlice(io, age)) {
            crowded = isCrowded(began, seen);
            compare(seen.at(), io, rate);
            enter(isFresh(seen.at()) && !isToBeHeld(seen.at()) ? Stage.COPYING : Stage.DRAINING, seen);
        }
    }

    private static boolean isIdle(Latencies io, Duration age) {
        return io.count() < FEW && age.compareTo(LONGEST_SLICE) >= 0;
    }

    private static boolean isSlice(Latencies io, Duration age) {
        return io.count() >= FEW && age.compareTo(SLICE) >= 0;
    }

    /** What such a pod feels cannot be told. */
    private void becomeIdle(Seen seen) {
        busy = false;
        settle();
        enter(Stage.COPYING, seen);
    }

    private boolean isToBeHeld(Instant now) {
        return heldUntil.isAfter(now) && !besideUntil.isAfter(now);
    }

    private void held(Seen began, Seen seen, Duration age, Terms terms) {
        Latencies io = seen.io().since(began.io());
        if (isIdle(io, age)) {
            becomeIdle(seen);
        } else if (isSlice(io, age)) {
            crowded = isCrowded(began, seen);
            double slow = delayed.sum() + undisturbed.slow(io, allowedPercent);
            owe(slow, io.count());
            if (!crowded && slow > Math.max(slowBeside * io.count(), Undisturbed.slow(io.count()))) {
                besideUntil = seen.at().plus(LONGEST_HOLD);
            } else if (slowBeside == UNKNOWN && isTooMuch(slow, io.count())) {
                // What windows slow says nothing of what copies beside would.
                settle();
            }
            boolean over = debt <= 0 && !heldUntil.isAfter(seen.at()) && !crowded
                    || besideUntil.isAfter(seen.at())
                    || terms.least() < heldAt;
            enter(over ? Stage.DRAINING : Stage.HELD, seen);
        }
    }

    private boolean isCrowded(Seen began, Seen seen) {
        return allowedPercent < WIDE_PERCENT && seen.processors().idleSince(began.processors()) < SPARE;
    }

    private static boolean isTooMuch(double slow, long requests) {
        double allowed = Undisturbed.slow(requests);
        return slow > allowed + CERTAIN * Math.sqrt(allowed);
    }

    private void owe(double slow, long requests) {
        double allowed = Undisturbed.slow(requests);
        debt = Math.clamp(debt + slow - allowed, 0, DEEPEST * allowed);
    }

    /** Nothing is held against copying any more. */
    private void settle() {
        debt = 0;
        exceededAt = Double.POSITIVE_INFINITY;
        hold = SHORTEST_HOLD;
        heldUntil = Instant.MIN;
    }

    /** From what was good lately, or in windows and from the floor. */
    private void become(Seen seen) {
        busy = true;
        exceeded = false;
        cautious = limit > floor;
        if (!cautious && allowedPercent < WIDE_PERCENT) {
            hold(seen.at());
        }
        limit = Math.max(floor, limit);
        exceededAt = Double.POSITIVE_INFINITY;
        enter(isFresh(seen.at()) ? how(seen.at()) : Stage.DRAINING, seen);
    }

    private Stage how(Instant now) {
        return isToBeHeld(now) ? Stage.HELD : Stage.COPYING;
    }

    private boolean isFresh(Instant now) {
        return undisturbed.isNewerThan(now.minus(QUIET_EVERY));
    }

    private void quieted(Seen began, Seen seen, Duration age) {
        boolean enough = seen.io().since(began.io()).count() >= 2 * FEW && age.compareTo(QUIET) >= 0;
        if (enough || age.compareTo(LONGEST_QUIET) >= 0) {
            remember(began, seen);
            enter(how(seen.at()), seen);
        }
    }

    private void remember(Seen began, Seen seen) {
        if (undisturbed.add(seen.at(), seen.io().since(began.io()), allowedPercent)) {
            // The load became slower by itself, and that was laid to copying.
            settle();
            cautious = false;
        }
    }

    private void compare(Instant now, Latencies io, long rate) {
        if (!undisturbed.isKnown()) {
            return;
        }
        double slow = delayed.sum() + undisturbed.slow(io, allowedPercent);
        owe(slow, io.count());
        exceeded = crowded || undisturbed.isSlower(io, allowedPercent) || isTooMuch(slow, io.count());
        if (exceeded) {
            limit = crowded ? floor : limit;
            exceed(now, rate, slow / io.count());
        } else if (slow <= Undisturbed.slow(io.count()) && rate >= USED * limit) {
            hold = limit > floor ? SHORTEST_HOLD : hold;
            grow();
        }
    }

    private void exceed(Instant now, long rate, double slow) {
        if (limit <= floor) {
            slowBeside = slow;
            hold(now);
            hold = hold.compareTo(LONGEST_HOLD) < 0 ? hold.multipliedBy(2) : hold;
        }
        exceededAt = Math.max(floor, Math.min(limit, rate));
        limit = Math.max(floor, exceededAt * CUT);
        cautious = true;
    }

    private void hold(Instant now) {
        heldAt = floor;
        heldUntil = now.plus(hold);
    }

    /** Fast at first, then towards what was too much, and beyond that little by little, when what was slow then is paid back. */
    private void grow() {
        if (limit > exceededAt) {
            exceededAt = Double.POSITIVE_INFINITY;
        }
        if (limit < NEAR * exceededAt) {
            limit *= cautious ? TOWARDS : DOUBLED;
        } else if (debt == 0) {
            limit *= BEYOND;
        }
    }

    private void enter(Stage entered, Seen seen) {
        stage = entered;
        delayed.reset();
        begin = seen;
    }
}
