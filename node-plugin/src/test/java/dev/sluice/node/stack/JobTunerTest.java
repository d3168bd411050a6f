package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.node.clone.HydrationGeometry;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tuner and a model of the way to an origin and of two disks, over simulated hours. */
class JobTunerTest {
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final double MEBIBYTE = 1 << 20;
    private static final double JOB = 4 * MEBIBYTE;

    private JobTuner tuner = new JobTuner(4);
    private IntToDoubleFunction rate = jobs -> 0;
    /** By what the rate is multiplied after so many seconds. */
    private DoubleUnaryOperator weather = seconds -> 1;

    private Instant now = START;
    private double bytes;
    private int inForce = 4;
    private int changes;
    private int most;

    /** Each job is under way for the round trip, and the wire or a disk serves one after the other. */
    private static IntToDoubleFunction way(Duration roundTrip, double wire) {
        double seconds = roundTrip.toNanos() / 1e9;
        return jobs -> Math.min(wire, jobs * JOB / (seconds + JOB / wire));
    }

    @Test
    void aLongWayIsFilled() {
        rate = way(Duration.ofMillis(100), 500 * MEBIBYTE);

        copy(Duration.ofMinutes(2));

        assertThat(tuner.kept()).isEqualTo(HydrationGeometry.MOST_JOBS);
        assertThat(rate.applyAsDouble(tuner.kept())).isEqualTo(500 * MEBIBYTE);
    }

    @Test
    void aDiskThatManyJobsSlowDownGetsFewer() {
        rate = jobs -> 200 * MEBIBYTE / (1 + 0.1 * jobs);

        copy(Duration.ofMinutes(5));

        assertThat(tuner.kept()).isEqualTo(JobTuner.LEAST);
    }

    @Test
    void moreThatWinsLittleIsNotKept() {
        rate = jobs -> (100 + jobs) * MEBIBYTE;

        copy(Duration.ofHours(6));

        assertThat(tuner.kept()).isEqualTo(4);
        assertThat(changes).isZero();
    }

    @Test
    void whereAllAreAsFastTheFewestAreKept() {
        rate = jobs -> 100 * MEBIBYTE;

        copy(Duration.ofHours(6));

        assertThat(tuner.kept()).isEqualTo(JobTuner.LEAST);
        assertThat(changes).isOne();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatSwingsByAFifthDoesNotMakeItGoToAndFro(long seed) {
        Random random = new Random(seed);
        weather = seconds -> 0.8 + 0.4 * random.nextDouble();
        rate = way(Duration.ofMillis(60), 400 * MEBIBYTE);

        copy(Duration.ofMinutes(10));
        double afterMinutes = rate.applyAsDouble(tuner.kept());
        changes = 0;
        copy(Duration.ofHours(12));

        assertThat(afterMinutes).isGreaterThanOrEqualTo(0.9 * 400 * MEBIBYTE);
        assertThat(rate.applyAsDouble(tuner.kept())).isGreaterThanOrEqualTo(0.9 * 400 * MEBIBYTE);
        assertThat(changes).isLessThanOrEqualTo(2);
    }

    @Test
    void whatBecameFasterByItselfIsNotLaidToMoreJobs() {
        rate = jobs -> 100 * MEBIBYTE;
        weather = seconds -> seconds < 6 ? 1 : 1.5;

        copy(Duration.ofSeconds(20));

        assertThat(most).as("it was tried").isEqualTo(8);
        assertThat(tuner.kept()).isEqualTo(4);
    }

    @Test
    void aWayThatBecameLongerIsFoundOut() {
        rate = way(Duration.ofMillis(1), 400 * MEBIBYTE);
        copy(Duration.ofMinutes(10));
        rate = way(Duration.ofMillis(100), 400 * MEBIBYTE);

        copy(Duration.ofMinutes(70));

        assertThat(rate.applyAsDouble(tuner.kept())).isEqualTo(400 * MEBIBYTE);
    }

    @Test
    void aSlowWayIsWaitedFor() {
        rate = jobs -> MEBIBYTE;

        copy(Duration.ofMinutes(3));
        assertThat(most).as("one job more or less would be seen").isEqualTo(4);

        copy(Duration.ofMinutes(3));
        assertThat(most).isEqualTo(8);
    }

    @Test
    void aTrialThatIsInterruptedEndsAtOnce() {
        rate = way(Duration.ofMillis(100), 500 * MEBIBYTE);
        copy(Duration.ofSeconds(8));
        assertThat(inForce).isEqualTo(8);

        tuner.interrupt();

        assertThat(tuner.look(now, (long) bytes)).isEqualTo(4);
        copy(Duration.ofSeconds(3));
        assertThat(inForce).isEqualTo(4);
        copy(Duration.ofMinutes(2));
        assertThat(tuner.kept()).isEqualTo(HydrationGeometry.MOST_JOBS);
    }

    @Test
    void aTimeWithoutLooksTellsNothing() {
        rate = jobs -> 100 * MEBIBYTE;
        copy(Duration.ofSeconds(4));
        now = now.plusSeconds(60);

        copy(Duration.ofSeconds(4));

        assertThat(most).as("a span was not over").isEqualTo(4);
    }

    @Test
    void nothingIsTriedWhileNothingComes() {
        copy(Duration.ofHours(1));

        assertThat(most).isEqualTo(4);
    }

    @Test
    void theRuleMayBeginAtTheEnd() {
        tuner = new JobTuner(HydrationGeometry.MOST_JOBS);
        rate = way(Duration.ofMillis(200), 400 * MEBIBYTE);

        copy(Duration.ofHours(1));

        assertThat(tuner.kept()).isEqualTo(HydrationGeometry.MOST_JOBS);
        assertThat(most).isEqualTo(HydrationGeometry.MOST_JOBS);
    }

    private void copy(Duration time) {
        for (Instant end = now.plus(time); now.isBefore(end); ) {
            int before = tuner.kept();
            inForce = tuner.look(now, (long) bytes);
            changes += tuner.kept() == before ? 0 : 1;
            most = Math.max(most, inForce);
            now = now.plus(LOOK);
            double seconds = Duration.between(START, now).toMillis() / 1000.0;
            bytes += rate.applyAsDouble(inForce) * weather.applyAsDouble(seconds) * LOOK.toMillis() / 1000;
        }
    }
}
