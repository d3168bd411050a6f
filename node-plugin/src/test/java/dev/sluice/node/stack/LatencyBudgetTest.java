package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.node.host.Latencies;
import dev.sluice.node.host.ProcessorTime;
import java.time.Duration;
import java.time.Instant;
import org.assertj.core.data.Percentage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A budget on a disk whose requests take longer the more is copied beside them, over simulated minutes. */
class LatencyBudgetTest {
    private static final Duration STEP = Duration.ofMillis(20);
    private static final long MEBIBYTE = 1L << 20;
    /** Bytes a second that can be copied. */
    private static final long PATH = 200 * MEBIBYTE;

    private static final int TIGHT = 25;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final LatencyBudget budget = new LatencyBudget();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Latencies io = Latencies.NONE;
    private double hydrated;
    private int quietSteps;
    private int heldSteps;
    private long delayedAStep;
    private int steps;

    private long requestsAStep = 40;
    private double aloneNanos = 500_000;
    /** How many times longer all take when copying is at full speed. */
    private double all = 1;
    /** Of those that meet a copy: at full speed each does. */
    private double few = 0;

    /** Of the processors' time, while nothing is copied beside the pod. */
    private double spare = 1;
    /** What of it copying at full speed takes. */
    private double processing = 0;

    private long idle;
    private double met;
    private int percent = TIGHT;
    private long least = MEBIBYTE;

    @Test
    void theRateIsWhatTheBudgetAllows() {
        pass(MINUTE);

        double rate = rate(MINUTE);

        assertThat(rate).as("a quarter of all is what slows by a quarter").isBetween(0.15 * PATH, 0.3 * PATH);
    }

    @Test
    void soIsTheLatency() {
        pass(MINUTE);
        Latencies before = io;
        pass(MINUTE);

        assertThat(io.since(before).quantile(0.99)).isLessThan(aloneNanos * 1.4);
    }

    @Test
    void aLargerBudgetIsUsed() {
        percent = 75;
        pass(MINUTE);

        assertThat(rate(MINUTE)).isBetween(0.45 * PATH, 0.85 * PATH);
    }

    @Test
    void aFewThatAreVerySlowCountToo() {
        all = 0;
        few = 10;
        pass(MINUTE);

        assertThat(rate(MINUTE)).as("one in a hundred may meet a copy").isBetween(0.005 * PATH, 0.025 * PATH);
    }

    @Test
    void copyingThatIsNotFeltGetsAllThereIs() {
        all = 0;
        pass(MINUTE);

        assertThat(rate(MINUTE)).as("but for the quiet times").isGreaterThan(0.85 * PATH);
        assertThat((double) quietSteps / steps).isLessThan(0.15);
    }

    @Test
    void theFloorWins() {
        least = PATH / 2;
        pass(MINUTE);

        assertThat(budget.limit()).isEqualTo(least);
        assertThat(budget.isAtFloor()).isTrue();

        least = MEBIBYTE;
        pass(MINUTE);
        assertThat(budget.limit()).isLessThan(PATH / 2);
        assertThat(budget.isAtFloor()).isFalse();
    }

    @Test
    void whatIsTooMuchAtTheFloorIsCopiedInWindowsOnly() {
        all = 100;
        pass(MINUTE);

        assertThat(budget.isHeld()).isTrue();
        assertThat(budget.limit()).isEqualTo(least);
        assertThat(budget.isAtFloor()).isTrue();
        Latencies before = io;
        pass(MINUTE.multipliedBy(10));
        assertThat(io.since(before).quantile(0.99))
                .as("tried again ever more seldom")
                .isLessThan(aloneNanos * 1.4);

        all = 1;
        pass(MINUTE.multipliedBy(10));
        assertThat(rate(MINUTE)).isGreaterThan(0.1 * PATH);
    }

    @Test
    void windowsThatSlowMoreThanCopiesBesideAreGivenUp() {
        all = 0;
        few = 10;
        least = PATH / 20;
        delayedAStep = requestsAStep / 10;
        pass(MINUTE);
        heldSteps = 0;

        pass(MINUTE);

        assertThat(heldSteps).isZero();
        assertThat(budget.limit()).isEqualTo(least);
    }

    @Test
    void atFirstCopiesComeInWindowsOnly() {
        all = 0;
        pass(Duration.ofSeconds(25));

        assertThat(budget.isHeld()).isTrue();
        assertThat(budget.limit()).isEqualTo(least);
        assertThat(budget.isAtFloor()).isFalse();

        pass(MINUTE);
        assertThat(budget.isHeld()).isFalse();
    }

    @Test
    void whereNoProcessorTimeIsLeftCopiesComeInWindowsOnly() {
        all = 0;
        spare = 0.05;
        pass(MINUTE.multipliedBy(5));
        assertThat(steps - heldSteps - quietSteps)
                .as("beside, at the very first")
                .isLessThan(50);
        assertThat(budget.isAtFloor()).isTrue();
        assertThat(budget.longestWindow()).as("as rare as may be").isEqualTo(Duration.ofMillis(100));

        spare = 1;
        pass(MINUTE);
        assertThat(budget.isHeld()).isFalse();
        assertThat(budget.longestWindow()).isEqualTo(Duration.ofMillis(25));
    }

    @Test
    void copiesBesideLeaveProcessorTimeToPods() {
        all = 0;
        spare = 0.5;
        processing = 1;
        pass(MINUTE.multipliedBy(5));

        assertThat(rate(MINUTE)).isLessThan(0.4 * PATH);
    }

    @Test
    void whoAllowsTwiceTheLatencyHasCopiesBesideAtOnce() {
        percent = 100;
        all = 0;

        pass(Duration.ofSeconds(15));

        assertThat(heldSteps).isZero();
        assertThat(budget.limit()).isGreaterThan(PATH / 4);
    }

    @Test
    void windowsThatSlowTooMuchGiveWayAtOnceWhenNothingIsKnownOfCopiesBeside() {
        all = 0;
        delayedAStep = requestsAStep / 10;

        pass(Duration.ofSeconds(15));

        assertThat(budget.isHeld()).isFalse();
        assertThat(rate(MINUTE)).isGreaterThan(0.8 * PATH);
    }

    @Test
    void anIdlePodHasNoLimit() {
        requestsAStep = 0;
        pass(MINUTE);

        assertThat(budget.limit()).isNull();
        assertThat(quietSteps).isZero();
        assertThat(budget.fastest()).isCloseTo(PATH, Percentage.withPercentage(1));
    }

    @Test
    void neitherHasOneWithSoLittleThatNothingCanBeTold() {
        requestsAStep = 1;
        for (int second = 0; second < 60; second++) {
            pass(STEP);
            requestsAStep = 0;
            pass(Duration.ofSeconds(1).minus(STEP));
            requestsAStep = 1;
        }

        assertThat(budget.limit()).isNull();
        assertThat(quietSteps).isZero();
    }

    @Test
    void oneThatBecomesIdleHasNoneAnyMore() {
        pass(MINUTE);
        assertThat(budget.limit()).isNotNull();
        requestsAStep = 0;

        pass(Duration.ofSeconds(5));

        assertThat(budget.limit()).isNull();
    }

    @Test
    void oneThatBecomesBusyIsLimitedWithinASecond() {
        requestsAStep = 0;
        pass(MINUTE);
        requestsAStep = 40;

        pass(Duration.ofSeconds(1));

        assertThat(budget.limit()).isEqualTo(least);
    }

    @Test
    void aLoadThatIsSlowByItselfIsNotLaidToCopying() {
        pass(MINUTE);
        double before = rate(MINUTE);
        aloneNanos *= 4;
        requestsAStep /= 4;
        pass(Duration.ofSeconds(20));

        assertThat(rate(MINUTE)).isGreaterThan(before * 0.6);
    }

    @Test
    void aLoadThatBecomesFastIsSeenToo() {
        aloneNanos *= 4;
        requestsAStep /= 4;
        pass(MINUTE);
        aloneNanos /= 4;
        requestsAStep *= 4;
        pass(Duration.ofSeconds(20));
        Latencies before = io;
        pass(MINUTE);

        assertThat(io.since(before).quantile(0.99)).isLessThan(aloneNanos * 1.4);
    }

    @Test
    void whatIsSeenBeforeCopyingBeginsCounts() {
        for (int step = 0; step < 500; step++) {
            requests(0);
            if (budget.isDue(now)) {
                budget.rest(seen(), false);
            }
        }

        budget.look(seen(), false, terms());

        assertThat(budget.isQuiet()).isFalse();
        assertThat(budget.limit()).isEqualTo(least);
        pass(Duration.ofSeconds(4));
        assertThat(quietSteps).isZero();
    }

    @Test
    void countersThatBeganAnewAreNoLoad() {
        pass(MINUTE);
        Long before = budget.limit();
        io = Latencies.NONE;

        pass(STEP);

        assertThat(budget.limit()).isEqualTo(before);
        pass(MINUTE);
        assertThat(rate(MINUTE)).isBetween(0.15 * PATH, 0.3 * PATH);
    }

    @Test
    void nothingIsKnownOfAVolumeThatIsNotCounted() {
        pass(MINUTE);

        budget.forget(now);

        assertThat(budget.limit()).isNull();
        assertThat(budget.isQuiet()).isFalse();
    }

    private double rate(Duration time) {
        double before = hydrated;
        pass(time);
        return (hydrated - before) / time.toSeconds();
    }

    private void pass(Duration time) {
        for (Instant end = now.plus(time); now.isBefore(end); ) {
            double rate = budget.isQuiet() ? 0 : copied(budget.limit());
            hydrated += rate * STEP.toMillis() / 1000;
            steps++;
            quietSteps += budget.isQuiet() ? 1 : 0;
            requests(budget.isHeld() ? 0 : rate / PATH);
            if (budget.isHeld()) {
                heldSteps++;
                budget.delayed(delayedAStep);
            }
            if (budget.isDue(now)) {
                budget.look(seen(), false, terms());
            }
        }
    }

    private static double copied(@Nullable Long limit) {
        return limit == null ? PATH : Math.min(limit, PATH);
    }

    /** @param share of what can be copied */
    private void requests(double share) {
        now = now.plus(STEP);
        idle += Math.round(STEP.toMillis() * Math.max(0, spare - processing * share));
        met += requestsAStep * share * Math.signum(few);
        long slow = (long) met;
        met -= slow;
        double time = aloneNanos * (1 + all * share);
        io = io.plus(Latencies.of(requestsAStep - slow, Math.round(time)));
        io = io.plus(Latencies.of(slow, Math.round(time * (1 + few))));
    }

    private LatencyBudget.Seen seen() {
        return new LatencyBudget.Seen(now, io, new ProcessorTime(idle, now.toEpochMilli()), (long) hydrated);
    }

    private LatencyBudget.Terms terms() {
        return new LatencyBudget.Terms(least, percent);
    }
}
