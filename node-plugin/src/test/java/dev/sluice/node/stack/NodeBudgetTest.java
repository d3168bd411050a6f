package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.CopyAllowance;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.HydrationSettings;
import dev.sluice.names.Names;
import dev.sluice.node.budget.CopyTerms;
import java.time.Duration;
import java.util.Objects;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What shares a node's budget holds it together, over simulated half minutes. */
class NodeBudgetTest {
    private static final long MEBIBYTE = 1L << 20;
    private static final Duration GRACE = Duration.ofSeconds(32);
    private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);
    private static final Duration TOLD = Duration.ofSeconds(5);
    private static final Percentage TENTH = Percentage.withPercentage(10);

    private final BudgetScene scene = new BudgetScene();

    @AfterEach
    void close() {
        scene.close();
    }

    private static long rate(long before, long after) {
        return (after - before) / HALF_A_MINUTE.toSeconds();
    }

    private long together() {
        long before = scene.bytes();
        scene.pass(HALF_A_MINUTE);
        return rate(before, scene.bytes());
    }

    private long alone(String id) {
        long before = scene.bytes(id);
        scene.pass(HALF_A_MINUTE);
        return rate(before, scene.bytes(id));
    }

    @Test
    void onlyLimitedOnesAreLookedAtOftenAndManyLessOften() {
        for (int clone = 0; clone < 33; clone++) {
            scene.clone("clone-" + clone, 0);
        }
        // The last step is a look.
        scene.pass(GRACE.plusMillis(20));
        assertThat(scene.pause()).isGreaterThan(Duration.ofMillis(900));

        // All are below it, and may always copy.
        scene.board.limit(1L << 40, null, null);
        scene.pass(Duration.ofSeconds(1).plusMillis(60));

        assertThat(scene.pause()).isEqualTo(Duration.ofMillis(40));

        // 20 ms before the next look at all.
        scene.pass(Duration.ofMillis(880));
        assertThat(scene.pause()).isEqualTo(Duration.ofMillis(60));
    }

    @Test
    void allLooksTogetherStayFewHoweverManyHydrate() {
        assertThat(Hydrations.interval(0)).isEqualTo(Duration.ofSeconds(1));
        assertThat(Hydrations.interval(500)).isEqualTo(Duration.ofSeconds(1));
        assertThat(Hydrations.interval(501)).isEqualTo(Duration.ofSeconds(2));
        assertThat(Hydrations.interval(100_000)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void twoClonesTogetherKeepToTheNodesLimitInEqualParts() {
        scene.board.limit(4 * MEBIBYTE, null, null);
        String one = scene.clone("one", 200 * MEBIBYTE);
        String two = scene.clone("two", 200 * MEBIBYTE);
        scene.pass(GRACE);

        assertThat(together()).isCloseTo(4 * MEBIBYTE, TENTH);
        assertThat((double) scene.bytes(one)).isCloseTo(scene.bytes(two), Percentage.withPercentage(15));
        assertThat(scene.report(one).phase()).isEqualTo(HydrationPhase.HYDRATING);
        assertThat(scene.report(one).reason()).isEqualTo("Budget");
        assertThat(scene.report(one).message()).contains("maxBytesPerSecondIn", "node n2");
        CopyAllowance allowance = Objects.requireNonNull(scene.report(one).allowance());
        assertThat(allowance.limitedBy()).isEqualTo("maxBytesPerSecondIn");
        assertThat((double) allowance.bytesPerSecond()).isCloseTo(2 * MEBIBYTE, TENTH);
    }

    @Test
    void aChangeIsObeyedWithinFiveSeconds() {
        String one = scene.clone("one", 20 * MEBIBYTE);
        scene.clone("two", 20 * MEBIBYTE);
        scene.board.limit(MEBIBYTE, null, null);
        scene.pass(GRACE);
        scene.board.limit(3 * MEBIBYTE, null, null);
        scene.pass(TOLD);
        assertThat(together()).isCloseTo(3 * MEBIBYTE, TENTH);

        scene.board.limit(MEBIBYTE / 2, null, null);
        scene.pass(TOLD);
        assertThat(together()).isCloseTo(MEBIBYTE / 2, TENTH);

        scene.board.limit(null, null, null);
        long before = scene.bytes(one);
        scene.pass(TOLD);
        assertThat(scene.bytes(one) - before).isGreaterThan(60 * MEBIBYTE);
        assertThat(scene.report(one).reason()).isEqualTo("Copying");
        assertThat(scene.report(one).allowance()).isNull();
    }

    @Test
    void whatASlowOneLeavesIsTheOthers() {
        scene.board.limit(4 * MEBIBYTE, null, null);
        scene.clone("slow", MEBIBYTE / 2);
        String fast = scene.clone("fast", 100 * MEBIBYTE);
        scene.pass(GRACE.plus(TOLD));

        assertThat(alone(fast)).isCloseTo(3 * MEBIBYTE + MEBIBYTE / 2, TENTH);
    }

    @Test
    void whatAPodUsesComesFirstAndTheOtherDoesNotStandStill() {
        scene.board.limit(4 * MEBIBYTE, null, null);
        String used = scene.clone("used", 100 * MEBIBYTE);
        String idle = scene.clone("idle", 100 * MEBIBYTE);
        scene.pass(GRACE);
        scene.open(used);
        scene.pass(Duration.ofSeconds(12));

        long before = scene.bytes(idle);
        assertThat(alone(used)).isCloseTo(Math.round(3.8 * MEBIBYTE), TENTH);
        assertThat(rate(before, scene.bytes(idle))).isBetween(MEBIBYTE / 8, MEBIBYTE / 3);
    }

    @Test
    void aHigherPriorityComesBeforeThat() {
        scene.board.limit(4 * MEBIBYTE, null, null);
        String used = scene.clone("used", 100 * MEBIBYTE);
        String first = scene.clone("first", 100 * MEBIBYTE);
        scene.settings(first, new HydrationSettings(false, null, 7, null));
        scene.open(used);
        scene.pass(GRACE);

        assertThat(alone(first)).isCloseTo(Math.round(3.8 * MEBIBYTE), TENTH);
    }

    @Test
    void oneWithALowerLimitOfItsOwnLeavesTheRest() {
        scene.board.limit(4 * MEBIBYTE, null, null);
        String own = scene.clone("own", 100 * MEBIBYTE);
        String other = scene.clone("other", 100 * MEBIBYTE);
        scene.settings(own, new HydrationSettings(false, MEBIBYTE, 0, null));
        scene.pass(GRACE);

        assertThat(alone(other)).isCloseTo(3 * MEBIBYTE, TENTH);
        assertThat(scene.report(own).message()).contains("maxBytesPerSecond allows");
    }

    @Test
    void whatTheOriginsNodeGivesIsObeyedAndNamed() {
        String clone = scene.clone("one", 100 * MEBIBYTE);
        scene.board.put(Names.export(clone, 1), new CopyTerms("n1", 2 * MEBIBYTE, null));
        scene.pass(GRACE);

        assertThat(alone(clone)).isCloseTo(2 * MEBIBYTE, TENTH);
        assertThat(scene.report(clone).message()).contains("node n1", "maxBytesPerSecondOut");
    }

    @Test
    void whoeverIsQueuedWaitsAndSaysBehindHowMany() {
        String clone = scene.clone("one", 100 * MEBIBYTE);
        scene.board.put(Names.export(clone, 1), new CopyTerms("n1", null, 3));
        scene.pass(GRACE);

        assertThat(alone(clone)).isZero();
        assertThat(scene.report(clone).phase()).isEqualTo(HydrationPhase.HYDRATING);
        assertThat(scene.report(clone).reason()).isEqualTo("WaitingToStart");
        assertThat(scene.report(clone).message()).contains("about 3 others", "maxHydrations");

        scene.board.put(Names.export(clone, 1), new CopyTerms("n1", null, null));
        scene.pass(TOLD);
        assertThat(scene.bytes(clone)).isPositive();
    }
}
