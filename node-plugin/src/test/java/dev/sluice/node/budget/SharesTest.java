package dev.sluice.node.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.Urgency;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SharesTest {
    private static final double ALL = Double.POSITIVE_INFINITY;
    private static final long BUDGET = 100_000_000;

    private static Claim claim(String id, int priority, Urgency urgency, double wanted) {
        return new Claim(id, priority, urgency, wanted, ALL, 0);
    }

    @Test
    void equalsHaveEqualParts() {
        Map<String, Long> shares =
                Shares.divide(BUDGET, List.of(claim("a", 0, Urgency.IDLE, ALL), claim("b", 0, Urgency.IDLE, ALL)));

        assertThat(shares.values()).allSatisfy(share -> assertThat(share).isCloseTo(BUDGET / 2, Offset.offset(2L)));
    }

    @Test
    void whatOneCannotUseIsTheOthers() {
        Map<String, Long> shares = Shares.divide(
                BUDGET, List.of(claim("slow", 0, Urgency.IDLE, 10_000_000), claim("fast", 0, Urgency.IDLE, ALL)));

        assertThat(shares.get("fast")).isCloseTo(90_000_000, Offset.offset(2L));
    }

    @Test
    void whatAPodUsesGoesBeforeAnEvacuationAndThatBeforeTheRest() {
        Map<String, Long> shares = Shares.divide(
                BUDGET,
                List.of(
                        claim("idle", 0, Urgency.IDLE, ALL),
                        claim("evacuated", 0, Urgency.EVACUATION, ALL),
                        claim("used", 0, Urgency.IN_USE, 40_000_000)));

        assertThat(shares.get("used")).isCloseTo(40_000_000, Offset.offset(2L));
        assertThat(shares.get("evacuated")).isGreaterThan(50_000_000);
        assertThat(shares.get("idle")).as("a tenth is for all").isBetween(3_000_000L, 4_000_000L);
    }

    @Test
    void aPriorityGoesBeforeEveryUrgency() {
        Map<String, Long> shares = Shares.divide(
                BUDGET, List.of(claim("used", 0, Urgency.IN_USE, ALL), claim("first", 1, Urgency.IDLE, ALL)));

        assertThat(shares.get("first")).isGreaterThan(90_000_000);
        assertThat(shares.get("used")).isEqualTo(5_000_000);
    }

    @Test
    void aLeastIsKeptAsFarAsTheBudgetReaches() {
        Claim modest = new Claim("modest", 0, Urgency.IDLE, ALL, ALL, 30_000_000);
        assertThat(Shares.divide(BUDGET, List.of(modest, claim("used", 5, Urgency.IN_USE, ALL)))
                        .get("modest"))
                .isEqualTo(30_000_000);

        Claim greedy = new Claim("greedy", 0, Urgency.IDLE, ALL, ALL, 300_000_000);
        Map<String, Long> shares = Shares.divide(BUDGET, List.of(modest, greedy));
        assertThat(shares.values().stream().mapToLong(Long::longValue).sum()).isLessThanOrEqualTo(BUDGET);
        assertThat(shares.get("modest")).isPositive();
    }

    @Test
    void whoeverIsAloneIsNotHeldToWhatItWasSeenToUse() {
        assertThat(Shares.divide(BUDGET, List.of(claim("a", 0, Urgency.IDLE, 1_000))))
                .containsEntry("a", BUDGET);
    }

    @Test
    void ofAnyClaims() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            long budget = 1000 + random.nextLong(1_000_000_000);
            List<Claim> claims = claims(random, budget);
            Map<String, Long> shares = Shares.divide(budget, claims);

            String what = "seed " + seed + ", round " + round + ": " + budget + " among " + claims + " is " + shares;
            assertThat(shares).as(what).hasSameSizeAs(claims);
            check(budget, claims, shares, what);
        }
    }

    private static void check(long budget, List<Claim> claims, Map<String, Long> shares, String what) {
        double mosts = claims.stream().mapToDouble(Claim::most).sum();
        long sum = shares.values().stream().mapToLong(Long::longValue).sum();
        assertThat(sum).as("never more than the budget; %s", what).isLessThanOrEqualTo(budget);
        assertThat(sum)
                .as("nothing is left while someone may have it; %s", what)
                .isGreaterThanOrEqualTo((long) (Math.min(budget, mosts) * 0.999) - claims.size());
        double equal = budget / 10.0 / claims.size();
        double leasts = claims.stream()
                .mapToDouble(claim -> Math.min(claim.wish(), Math.max(claim.least(), equal)))
                .sum();
        for (Claim one : claims) {
            long share = shares.getOrDefault(one.id(), 0L);
            double floor = Math.min(one.wish(), equal);
            if (claims.stream().mapToDouble(Claim::least).sum() == 0) {
                assertThat(share).as("%s starves; %s", one.id(), what).isGreaterThanOrEqualTo((long) floor - 1);
            }
            assertThat((double) share).as("%s has its most; %s", one.id(), what).isLessThanOrEqualTo(one.most() + 1);
            for (Claim other : claims) {
                boolean before = one.priority() > other.priority()
                        || one.priority() == other.priority() && one.urgency().compareTo(other.urgency()) < 0;
                boolean kept = shares.getOrDefault(other.id(), 0L) > equal + other.least() + 2;
                if (before && kept && leasts < budget) {
                    assertThat((double) share)
                            .as(
                                    "%s has what it wants before %s has more than its least; %s",
                                    one.id(), other.id(), what)
                            .isGreaterThanOrEqualTo(one.wish() * 0.999 - 2);
                }
            }
        }
    }

    private static List<Claim> claims(Random random, long budget) {
        List<Claim> claims = new ArrayList<>();
        boolean leasts = random.nextBoolean();
        for (int index = 0; index <= random.nextInt(12); index++) {
            claims.add(new Claim(
                    "c" + index,
                    random.nextInt(3) - 1,
                    Urgency.values()[random.nextInt(3)],
                    random.nextBoolean() ? ALL : random.nextDouble(budget),
                    random.nextInt(3) > 0 ? ALL : 1 + random.nextDouble(budget),
                    leasts && random.nextInt(3) == 0 ? random.nextDouble(budget) : 0));
        }
        return claims;
    }
}
