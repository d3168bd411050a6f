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
}
