package dev.sluice.node.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    private static final long MILLISECOND = 1_000_000;
    private static final Percentage BIN = Percentage.withPercentage(10);

    private final Latencies mostlyFast = Latencies.of(980, MILLISECOND).plus(Latencies.of(20, 40 * MILLISECOND));

    @Test
    void aPercentileIsFoundWithinTheWidthOfABin() {
        assertThat(mostlyFast.count()).isEqualTo(1000);
        assertThat(mostlyFast.quantile(0.5)).isCloseTo(MILLISECOND, BIN);
        assertThat(mostlyFast.quantile(0.99)).isCloseTo(40.0 * MILLISECOND, BIN);
    }

    @Test
    void theMeanOfTheFastestLeavesOutWhatTookLong() {
        assertThat(mostlyFast.mean(0.98)).isCloseTo(MILLISECOND, BIN);
        assertThat(mostlyFast.mean(1)).isCloseTo(1.78 * MILLISECOND, BIN);
    }

    @Test
    void whatIsSlowerIsCounted() {
        assertThat(mostlyFast.countAbove(2.0 * MILLISECOND)).isEqualTo(20);
        assertThat(mostlyFast.countAbove(80.0 * MILLISECOND)).isZero();
        assertThat(mostlyFast.countAbove(0)).isEqualTo(1000);
    }

    @Test
    void theDifferenceOfTwoReadingsIsWhatCameBetween() {
        Latencies later = mostlyFast.plus(Latencies.of(7, 3 * MILLISECOND));

        assertThat(later.since(mostlyFast).count()).isEqualTo(7);
        assertThat(later.isBefore(mostlyFast)).isFalse();
        assertThat(mostlyFast.isBefore(later)).as("counting began anew").isTrue();
    }

    @Test
    void whatIsBeyondAllBoundsIsCountedToo() {
        Latencies extremes = Latencies.of(1, 1).plus(Latencies.of(1, 3600_000 * MILLISECOND));

        assertThat(extremes.count()).isEqualTo(2);
        assertThat(extremes.quantile(1)).isGreaterThan(1000.0 * MILLISECOND);
        assertThat(Latencies.NONE.quantile(0.99)).isZero();
        assertThat(Latencies.NONE.mean(0.99)).isZero();
    }

    @Test
    void boundsAscendFromMicrosecondsToASecond() {
        assertThat(Latencies.bounds().toArray()).isSorted().doesNotHaveDuplicates();
        assertThat(Latencies.bounds().min()).hasValue(1 << 14);
        assertThat(Latencies.bounds().max()).hasValue(1 << 30);
    }
}
