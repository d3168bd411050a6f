package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.CopyAllowance;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.HydrationSettings;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.Latencies;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clones whose pods' requests take longer while more is copied, over simulated time. */
class LatencyTest {
    private static final long MEBIBYTE = 1L << 20;
    private static final long FAST = 100 * MEBIBYTE;
    private static final Duration GRACE = Duration.ofSeconds(12);
    private static final Duration WINDOWS = Duration.ofSeconds(25);
    private static final Duration SETTLED = Duration.ofSeconds(10);
    /** A quarter longer when five regions of 64 KiB come in a fiftieth of a second: 16 MiB a second. */
    private static final BudgetScene.Pod SENSITIVE =
            new BudgetScene.Pod(20, Duration.ofMillis(1), Duration.ofNanos(50_000));

    /** If so many of them wait for each window, windows are too much. */
    private static final long MANY = 20;

    private final BudgetScene scene = new BudgetScene();
    private final String clone = scene.clone("one", FAST);
    private final String outer = Names.outerDevice(clone);

    @AfterEach
    void close() {
        scene.close();
    }

    private void run(BudgetScene.Pod pod) {
        scene.open(clone);
        scene.pass(Duration.ofSeconds(1));
        Awaitility.await().until(() -> counted().isPresent());
        scene.run(clone, pod);
        scene.pass(GRACE);
    }

    private Optional<Latencies> counted() {
        return scene.home.host().latencies().find(outer);
    }

    private double slowest(Duration time) {
        Latencies before = counted().orElseThrow();
        scene.pass(time);
        return counted().orElseThrow().since(before).quantile(0.99);
    }

    private HydrationSettings settings(long least, int percent) {
        return new HydrationSettings(false, null, 0, null).within(least, percent);
    }

    @Test
    void aPodsRequestsStayWithinTheBudgetAndTheStatusSaysWhatTheyCost() {
        scene.settings(clone, settings(MEBIBYTE, 25));
        run(SENSITIVE);
        assertThat(Objects.requireNonNull(scene.report(clone).allowance()).bytesPerSecond())
                .as("in windows first")
                .isEqualTo(MEBIBYTE);
        scene.pass(WINDOWS);

        assertThat(slowest(SETTLED)).isLessThan(1_400_000);
        CopyAllowance allowance = Objects.requireNonNull(scene.report(clone).allowance());
        assertThat(allowance.limitedBy()).isEqualTo("latencyBudget");
        assertThat(allowance.bytesPerSecond()).isBetween(2 * MEBIBYTE, 40 * MEBIBYTE);
        assertThat(scene.report(clone).reason()).isEqualTo("Budget");
        assertThat(scene.report(clone).message()).contains("latencyBudget", allowance.bytesPerSecond() + " bytes");
        assertThat(scene.report(clone).phase()).isEqualTo(HydrationPhase.HYDRATING);
    }

    /** A look takes a moment of a processor that the pod may need. */
    @Test
    void whereCopiesComeInWindowsItIsLookedAtWhenOneIsDue() {
        scene.settings(clone, settings(MEBIBYTE, 25));
        run(SENSITIVE);
        scene.pass(Duration.ofMillis(20));

        assertThat(scene.pause()).isGreaterThan(Duration.ofMillis(400));
    }

    @Test
    void theFloorWinsAndIsNamed() {
        scene.settings(clone, settings(10 * MEBIBYTE, 1));
        scene.home.keepWaiting(outer, MANY);
        run(SENSITIVE);

        // Windows bring what is owed since the one before, of up to five seconds.
        Duration several = Duration.ofSeconds(25);
        long before = scene.bytes(clone);
        scene.pass(several);

        assertThat((scene.bytes(clone) - before) / several.toSeconds()).isGreaterThan(8 * MEBIBYTE);
        CopyAllowance allowance = Objects.requireNonNull(scene.report(clone).allowance());
        assertThat(allowance.limitedBy()).isEqualTo("minBytesPerSecond");
        assertThat(allowance.bytesPerSecond()).isEqualTo(10 * MEBIBYTE);
    }

    @Test
    void aPodThatStopsLeavesTheEngineAllItCanTake() {
        scene.settings(clone, settings(MEBIBYTE, 1));
        run(SENSITIVE);
        scene.stop(clone);
        scene.pass(Duration.ofSeconds(5));

        long before = scene.bytes(clone);
        scene.pass(Duration.ofSeconds(1));

        assertThat(scene.bytes(clone) - before).isGreaterThan(FAST * 9 / 10);
        assertThat(scene.report(clone).allowance()).isNull();
        assertThat(scene.report(clone).reason()).isEqualTo("Copying");
    }

    @Test
    void anotherBudgetHoldsAtOnce() {
        scene.settings(clone, settings(MEBIBYTE, 10));
        scene.home.keepWaiting(outer, MANY);
        run(SENSITIVE);
        scene.pass(SETTLED);
        long tight = Objects.requireNonNull(scene.report(clone).allowance()).bytesPerSecond();

        scene.settings(clone, settings(MEBIBYTE, 400));
        scene.pass(Duration.ofSeconds(4));

        long wide = Objects.requireNonNull(scene.report(clone).allowance()).bytesPerSecond();
        assertThat(wide).isGreaterThan(tight * 3 / 2);
    }

    /** Copying is off again and again to see how the pod's I/O is without; that is no progress. */
    @Test
    void oneThatGetsNothingIsStalledAllTheSame() {
        run(SENSITIVE);
        scene.rate(clone, 0);

        scene.pass(Duration.ofSeconds(90));

        assertThat(scene.report(clone).phase()).isEqualTo(HydrationPhase.STALLED);
    }

    @Test
    void whereNothingCanBeCountedCopyingGoesOn() {
        for (int failure = 0; failure < 100; failure++) {
            scene.home.faults().failNext("LatencyCounters.ensure", new SluiceException(ErrorKind.HOST, "no memory"));
        }
        scene.open(clone);
        scene.run(clone, SENSITIVE);
        scene.pass(GRACE);

        long before = scene.bytes(clone);
        scene.pass(Duration.ofSeconds(1));

        assertThat(counted()).isEmpty();
        assertThat(scene.bytes(clone)).isGreaterThan(before);
        assertThat(scene.report(clone).allowance()).isNull();
    }

    @Test
    void nothingIsCountedAnyMoreWhenItIsWhole() {
        run(new BudgetScene.Pod(0, Duration.ZERO, Duration.ZERO));
        scene.pass(Duration.ofSeconds(10));
        Awaitility.await().until(() -> {
            scene.pass(Duration.ofSeconds(1));
            return scene.report(clone).phase() == HydrationPhase.HYDRATED;
        });
        assertThat(counted()).isPresent();

        scene.settings(clone, HydrationSettings.DEFAULT);

        assertThat(counted()).isEmpty();
    }
}
