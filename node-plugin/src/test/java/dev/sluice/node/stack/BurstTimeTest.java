package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class BurstTimeTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** It comes a hundred times as fast as it may, some milliseconds after it was asked for. */
    @Test
    void aLowLimitIsKeptInSmallBursts() {
        CopyBudget budget = new CopyBudget();
        BurstTime burst = new BurstTime();
        long limit = 700_000;
        long perMillisecond = 128_000;
        int way = 3;
        long copied = 0;
        long before = 0;
        long largest = 0;
        int looks = 0;
        Instant next = START;
        boolean on = false;
        long[] begun = new long[60_000 + way];
        for (int millisecond = 0; millisecond < 60_000; millisecond++) {
            Instant now = START.plusMillis(millisecond);
            copied += begun[millisecond];
            if (!now.isBefore(next)) {
                on = budget.allows(limit, now, copied);
                burst.seen(now, on, limit, copied);
                next = on ? now.plus(burst.next()) : budget.next(now);
                looks++;
            }
            begun[millisecond + way] = on ? perMillisecond : 0;
            if (millisecond % 1000 == 999) {
                largest = millisecond < 10_000 ? 0 : Math.max(largest, copied - before);
                before = copied;
            }
        }

        assertThat(copied / 60).isCloseTo(limit, Percentage.withPercentage(5));
        assertThat(largest).as("in one second").isLessThan(limit * 5 / 2);
        assertThat(looks / 60).as("looks a second").isLessThan(20);
    }

    @Test
    void oneThatIsSlowerThanItsLimitIsNotLookedAtMoreOften() {
        CopyBudget budget = new CopyBudget();
        BurstTime burst = new BurstTime();
        long limit = 1_000_000;
        Instant now = START;
        for (int look = 0; look < 100; look++) {
            long copied = 5_000L * look;
            boolean on = budget.allows(limit, now, copied);
            assertThat(on).isTrue();
            burst.seen(now, on, limit, copied);
            now = now.plus(burst.next());
        }

        assertThat(burst.next()).isEqualTo(Duration.ofMillis(20));
    }
}
