package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.function.IntToLongFunction;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class CopyBudgetTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** @param whileOn bytes that come until the next look when it is on */
    private static long copied(int looks, int millisecondsApart, IntToLongFunction limit, long whileOn) {
        CopyBudget budget = new CopyBudget();
        long copied = 0;
        for (int look = 0; look <= looks; look++) {
            Instant now = START.plusMillis((long) millisecondsApart * look);
            copied += budget.allows(limit.applyAsLong(look), now, copied) ? whileOn : 0;
        }
        return copied;
    }

    @Test
    void withoutALimitCopyingGoesOn() {
        assertThat(new CopyBudget().allows(null, START, 1L << 40)).isTrue();
    }

    @Test
    void holdsTheLimitOverHalfAMinuteWhateverTheEngineDoesInBetween() {
        long limit = 10_000_000;
        long copied = copied(300, 100, look -> limit, 30_000_000);

        assertThat(copied / 30).isCloseTo(limit, Percentage.withPercentage(12));
    }

    @Test
    void timeWithoutCopyingSavesNoMoreThanASecondOfCredit() {
        CopyBudget budget = new CopyBudget();
        budget.allows(1_000L, START, 0);
        budget.allows(1_000L, START.plusSeconds(3600), 0);

        assertThat(budget.allows(1_000L, START.plusSeconds(3600), 2_000)).isFalse();
    }

    @Test
    void whatBecameLocalBeforeCopyingBeganIsNotCharged() {
        CopyBudget budget = new CopyBudget();
        budget.allows(1_000L, START, 0);
        budget.restart();

        assertThat(budget.allows(1_000L, START.plusSeconds(1), 1L << 40)).isTrue();
    }

    @Test
    void aNewLimitForgetsAllDebtButHalfAMinutesWorth() {
        CopyBudget budget = new CopyBudget();
        budget.allows(1_000L, START, 0);
        budget.allows(1_000L, START.plusSeconds(1), 1L << 40);

        assertThat(budget.allows(1L << 30, START.plusSeconds(2), 1L << 40)).isFalse();
        assertThat(budget.next(START.plusSeconds(2))).isEqualTo(START.plusSeconds(32));
        assertThat(budget.allows(1L << 30, START.plusSeconds(32), 1L << 40)).isTrue();
    }

    @Test
    void aLimitThatChangesAllTheTimeHoldsToo() {
        long copied = copied(1500, 20, look -> look / 25 % 2 == 0 ? 9_000_000 : 11_000_000, 6_000_000);

        assertThat(copied / 30).isCloseTo(10_000_000, Percentage.withPercentage(10));
    }

    /** What the engine copies before it is switched off is some seconds' worth. */
    @Test
    void aLowLimitThatChangesAllTheTimeHoldsToo() {
        long copied = copied(3000, 20, look -> look / 50 % 2 == 0 ? 600_000 : 800_000, 2_000_000);

        assertThat(copied / 60).isCloseTo(700_000, Percentage.withPercentage(10));
    }

    /** It comes a hundred times as fast as it may, some milliseconds after it was asked for. */
    @Test
    void aLowLimitIsKeptInSmallBursts() {
        CopyBudget budget = new CopyBudget();
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
                next = on ? budget.off(now) : budget.next(now);
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
        Instant now = START;
        for (int look = 0; look < 100; look++) {
            assertThat(budget.allows(1_000_000L, now, 5_000L * look)).isTrue();
            now = budget.off(now);
        }

        assertThat(budget.off(now)).isEqualTo(now.plusMillis(20));
    }
}
