package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.HydrationSettings;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CloneStatus;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an engine is told, over ways of several lengths. */
class CopyFlightTest {
    private static final String ENGINE = Names.cloneDevice(CloneStory.CLONE);
    private static final long MEBIBYTE = 1 << 20;
    private static final int BATCH = 64;
    private static final Duration LOOK = Duration.ofMillis(500);

    private final CloneStory story = new CloneStory(CloneStory.SIZE);
    private Duration read = Duration.ofNanos(300_000);
    private long nanoTime;
    private final CopyFlight flight = flight();
    private HydrationSettings settings = HydrationSettings.DEFAULT;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private long hydratedRegions;

    private CopyFlight flight() {
        story.source();
        story.bring();
        return new CopyFlight(story.home.host(), CloneStory.CLONE, 1, () -> nanoTime += read.toNanos());
    }

    @Test
    void aShortWayHasFourJobs() {
        flight.measure();

        set(null);

        assertThat(engine().batch()).isEqualTo(BATCH);
        assertThat(engine().threshold()).isEqualTo(4 * BATCH);
        assertThat(flight.describe(engine())).contains("16777216 bytes", "0.3 ms");
    }

    @Test
    void aLongerWayHasMore() {
        read = Duration.ofMillis(10);
        flight.measure();

        set(null);

        assertThat(engine().threshold()).isEqualTo(7 * BATCH);
    }

    @Test
    void aWayThatCannotBeMeasuredIsMeasuredAgain() {
        story.home.faults().failNext("BlockDevices.read", new SluiceException(ErrorKind.HOST, "no read today"));
        assertThatThrownBy(flight::measure).hasMessageContaining("no read today");
        assertThat(flight.isMeasured()).isFalse();
        set(null);
        assertThat(engine().threshold()).as("as nothing is known").isEqualTo(4 * BATCH);

        flight.measure();

        assertThat(flight.isMeasured()).isTrue();
    }

    @Test
    void aLimitHasAQuarterOfASecondInFlight() {
        flight.measure();

        set(MEBIBYTE);
        assertThat(engine().threshold()).isEqualTo(4);

        set(null);
        assertThat(engine().threshold()).isEqualTo(4 * BATCH);
    }

    @Test
    void whatTheClassSaysIsObeyed() {
        flight.measure();
        settings = settings.copying(8, 1000);

        set(null);
        assertThat(engine().batch()).isEqualTo(8);
        assertThat(engine().threshold()).isEqualTo(1000);

        set(MEBIBYTE);
        assertThat(engine().threshold()).as("the limit wins").isEqualTo(4);
    }

    @Test
    void aBatchThatTheClassSaysIsNeverLargerThanWhatIsInFlight() {
        flight.measure();
        settings = settings.copying(1000, null);

        set(null);

        assertThat(engine().batch()).isEqualTo(1000);
        assertThat(engine().threshold()).isEqualTo(1000);
    }

    @Test
    void aNumberThatTheClassSaysIsNotTriedOut() {
        flight.measure();
        settings = settings.copying(null, 3 * BATCH);

        copyFor(Duration.ofMinutes(5), 3 * BATCH);
    }

    @Test
    void elseItIsTriedOut() {
        flight.measure();
        copyFor(Duration.ofSeconds(5), 4 * BATCH);

        set(null);

        assertThat(engine().threshold()).isEqualTo(8 * BATCH);
        set(MEBIBYTE);
        set(null);
        assertThat(engine().threshold()).as("a limit ends it").isEqualTo(4 * BATCH);
    }

    @Test
    void whatCannotBeCopiedIsToldFromTheRestOneByOne() {
        flight.measure();
        flight.copyOneByOne(true);

        set(null);
        assertThat(engine().batch()).isOne();

        flight.copyOneByOne(false);
        set(null);
        assertThat(engine().batch()).isEqualTo(BATCH);
    }

    private void set(@Nullable Long limit) {
        CloneStatus.Working now = engine();
        flight.set(
                this.now,
                new CloneStatus.Working(
                        now.regionSectors(),
                        hydratedRegions,
                        Integer.MAX_VALUE,
                        0,
                        true,
                        now.threshold(),
                        now.batch(),
                        false),
                settings,
                CopyLimit.NONE.and(limit, CopyLimit.OWN, null),
                true);
    }

    /** As fast with any number of jobs. */
    private void copyFor(Duration time, int threshold) {
        for (Instant end = now.plus(time); now.isBefore(end); now = now.plus(LOOK)) {
            set(null);
            assertThat(engine().threshold()).isEqualTo(threshold);
            hydratedRegions += 100 * MEBIBYTE / engine().regionBytes();
        }
    }

    private CloneStatus.Working engine() {
        return CloneStatus.requireWorking(
                CloneStory.CLONE, story.home.host().deviceMapper().status(ENGINE, false));
    }
}
