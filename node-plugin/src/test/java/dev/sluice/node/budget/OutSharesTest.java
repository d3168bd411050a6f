package dev.sluice.node.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.CopyTurn;
import dev.sluice.api.Urgency;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutSharesTest {
    private static final long BUDGET = 64_000_000;
    private static final CopyTurn USED = new CopyTurn(0, Urgency.IN_USE, null);

    private final OutShares shares = new OutShares();
    private final Map<String, OutShares.Served> served = new HashMap<>();
    private final Map<String, Double> rates = new HashMap<>();
    private final Map<String, Long> told = new HashMap<>();
    private @Nullable Long out = BUDGET;
    private @Nullable Long perSource;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private int writes;
    /** What an engine copies before it is switched off; it is on again when that is paid back. */
    private long burst;

    private final Map<String, Double> owed = new HashMap<>();

    /** @param rate bytes a second that it can take */
    private void reader(String name, String source, @Nullable CopyTurn turn, double rate) {
        served.put(name, new OutShares.Served(source, turn, 0));
        rates.put(name, rate);
    }

    /** Each reads as much as it was told, or can. */
    private void pass(int time) {
        for (int second = 0; second < time; second++) {
            now = now.plusSeconds(1);
            served.replaceAll(
                    (name, each) -> new OutShares.Served(each.source(), each.turn(), each.bytesRead() + read(name)));
            Map<String, Long> divided = shares.divide(now, out, perSource, served, Map.copyOf(told));
            for (String name : served.keySet()) {
                Long share = divided.get(name);
                if (!Objects.equals(share, share == null ? told.remove(name) : told.put(name, share))) {
                    writes++;
                }
            }
            assertThat(told.values().stream().mapToLong(Long::longValue).sum())
                    .as("told, all together")
                    .isLessThanOrEqualTo(out == null ? Long.MAX_VALUE : out);
        }
    }

    private long read(String name) {
        double share = Math.min(Objects.requireNonNull(rates.get(name)), told.getOrDefault(name, Long.MAX_VALUE));
        if (burst == 0) {
            return (long) share;
        }
        double left = owed.getOrDefault(name, 0.0) - share;
        owed.put(name, left > 0 ? left : left + burst);
        return left > 0 ? 0 : burst;
    }

    private long told(String name) {
        return Objects.requireNonNull(told.get(name), name);
    }

    @Test
    void readersOfANodeShareWhatItGives() {
        reader("a", "v", null, 1e9);
        reader("b", "w", null, 1e9);
        pass(10);

        assertThat(told("a")).isBetween(BUDGET * 45 / 100, BUDGET / 2);
        assertThat(told("b")).isBetween(BUDGET * 45 / 100, BUDGET / 2);
        assertThat(writes).as("nothing is written while nothing changes").isEqualTo(2);
    }

    @Test
    void oneThatReadsLittleLeavesTheRestUntilItWantsMore() {
        reader("a", "v", null, 1e9);
        reader("b", "w", null, 0);
        pass(10);
        assertThat(told("a")).isGreaterThan(BUDGET * 85 / 100);

        rates.put("b", 1e9);
        pass(4);
        assertThat(told("b")).isGreaterThan(BUDGET * 45 / 100);
    }

    @Test
    void readersInBurstsKeepTheirShares() {
        burst = BUDGET * 3 / 2;
        reader("a", "v", null, BUDGET);
        owed.put("b", burst * 0.7);
        reader("b", "w", null, BUDGET);
        pass(10);
        writes = 0;
        pass(60);

        assertThat(writes).as("once each has read").isZero();
        assertThat(told("a")).isEqualTo(told("b"));
    }

    @Test
    void whatAPodUsesIsServedFirst() {
        reader("a", "v", null, 1e9);
        reader("b", "w", USED, 1e9);
        pass(10);

        assertThat(told("b")).isGreaterThan(BUDGET * 85 / 100);
        assertThat(told("a")).isPositive();
    }

    @Test
    void oneSourceGivesNoMoreThanALimitOfItsOwn() {
        perSource = 8_000_000L;
        reader("a", "golden", null, 1e9);
        reader("b", "golden", null, 1e9);
        reader("c", "other", null, 1e9);
        pass(10);

        assertThat(told("a") + told("b")).isBetween(7_200_000L, 8_000_000L);
        assertThat(told("c")).isBetween(7_200_000L, 8_000_000L);

        out = null;
        pass(3);
        assertThat(told("c")).isBetween(7_200_000L, 8_000_000L);

        perSource = null;
        pass(1);
        assertThat(told).isEmpty();
    }
}
