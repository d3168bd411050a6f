package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RateWindowTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void oneSampleIsNoRate() {
        RateWindow window = new RateWindow();
        window.add(START, 5);

        assertThat(window.bytesPerSecond()).isEmpty();
    }

    @Test
    void forgetsWhatIsOlderThanTenSeconds() {
        RateWindow window = new RateWindow();
        for (int second = 0; second <= 10; second++) {
            window.add(START.plusSeconds(second), 1000L * second);
        }
        for (int second = 11; second <= 30; second++) {
            window.add(START.plusSeconds(second), 10_000 + 50L * (second - 10));
        }

        assertThat(window.bytesPerSecond()).hasValue(50);
    }

    @Test
    void burstsAreSpreadOverTheTimeBetweenThem() {
        RateWindow window = new RateWindow();
        List<Long> rates = new ArrayList<>();
        for (int look = 0; look <= 600; look++) {
            window.add(START.plusMillis(500L * look), look / 20 * 10_000L);
            if (look > 120) {
                rates.add(window.bytesPerSecond().orElseThrow());
            }
        }

        assertThat(rates).allSatisfy(rate -> assertThat(rate).isBetween(800L, 1200L));
    }

    @Test
    void whatStandsStillHasNoRate() {
        RateWindow window = new RateWindow();
        for (int second = 0; second <= 50; second++) {
            window.add(START.plusSeconds(second), 1000L * Math.min(second, 15));
        }

        assertThat(window.bytesPerSecond()).hasValue(0);
    }

    @Test
    void aJumpThatIsClearedIsNoRate() {
        RateWindow window = new RateWindow();
        window.add(START, 0);
        window.clear();
        window.add(START.plusSeconds(1), 1L << 40);
        window.add(START.plusSeconds(2), (1L << 40) + 7);

        assertThat(window.bytesPerSecond()).hasValue(7);
    }

    @Test
    void manySamplesAreReadAsFew() {
        RateWindow often = new RateWindow();
        RateWindow seldom = new RateWindow();
        for (int look = 0; look <= 20_000; look++) {
            often.add(START.plusMillis(10L * look), 100L * look);
            if (look % 50 == 0) {
                seldom.add(START.plusMillis(10L * look), 100L * look);
                assertThat(often.bytesPerSecond()).isEqualTo(seldom.bytesPerSecond());
            }
        }

        assertThat(often.bytesPerSecond()).hasValue(10_000);
    }
}
