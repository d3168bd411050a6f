package dev.sluice.controller.domain.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.controller.fake.FakePlacement;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.controller.fake.TestClock;
import dev.sluice.controller.fake.TestOperations;
import dev.sluice.names.Names;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeMarksTest {
    private static final long RESERVE = FakeRegistry.POOL_BYTES / 50;

    private final FakeRegistry registry = new FakeRegistry();
    private final TestClock clock = new TestClock();
    private final FakePlacement cluster = new FakePlacement(
            registry, TestOperations.over(registry.asRegistry()).moves(), clock, Names.volumeId("data"));
    private NodeMarks marks = new NodeMarks(registry, cluster, clock);

    @BeforeEach
    void twoNodes() {
        registry.addNode("n1");
        registry.addNode("n2");
        cluster.addWorker("n1");
        cluster.addWorker("n2");
    }

    @Test
    void aFitNodeHasNoMark() {
        tend();
        pass(NodeMarks.LINGERS);

        assertThat(cluster.findMarks()).isEmpty();
    }

    @Test
    void aFullNodeIsMarkedAtOnceAndFreeAgainWhenItHasHadRoomForAWhile() {
        free("n1", RESERVE);
        tend();
        assertThat(cluster.findMarks()).isEqualTo(Map.of("n1", "NoSpace"));

        free("n1", RESERVE + (1L << 30));
        tend();
        pass(NodeMarks.LINGERS);
        assertThat(cluster.findMarks()).as("a little room is not enough").hasSize(1);

        free("n1", 4 * RESERVE);
        tend();
        assertThat(cluster.findMarks()).as("it may fill again").hasSize(1);
        pass(NodeMarks.LINGERS);
        assertThat(cluster.findMarks()).isEmpty();
    }

    @Test
    void anUnfitNodeIsMarkedWhenItStaysUnfit() {
        registry.addNode("n1", FakeRegistry.POOL_BYTES, "False", "dm-clone");
        tend();
        assertThat(cluster.findMarks()).isEmpty();
        pass(NodeMarks.SETTLES);
        assertThat(cluster.findMarks()).isEqualTo(Map.of("n1", "Unfit"));
    }

    @Test
    void aNodeThatIsEvacuatedOrCannotHydrateIsUnfit() {
        registry.setEvacuating("n1", true);
        registry.addNode("n2", FakeRegistry.POOL_BYTES, "True", null);
        tend();
        pass(NodeMarks.SETTLES);

        assertThat(cluster.findMarks()).isEqualTo(Map.of("n1", "Unfit", "n2", "Unfit"));
    }

    @Test
    void aPluginThatIsAwayMarksItsNodeOnlyWhileTheNodeItselfIsThere() {
        registry.setAlive("n1", false);
        registry.setAlive("n2", false);
        cluster.notReady.add("n2");
        tend();
        pass(NodeMarks.SETTLES);

        assertThat(cluster.findMarks()).isEqualTo(Map.of("n1", "Away"));
    }

    @Test
    void aPluginThatRestartsDoesNotFlap() {
        for (int round = 0; round < 10; round++) {
            registry.setAlive("n1", false);
            tend();
            pass(NodeMarks.SETTLES.dividedBy(2));
            registry.setAlive("n1", true);
            tend();
            pass(NodeMarks.SETTLES);
            assertThat(cluster.findMarks()).isEmpty();
        }
    }

    @Test
    void whereTheDriverDoesNotRunThereIsNoMark() {
        free("n1", 0);
        tend();
        registry.deleteNode("n1");
        tend();

        assertThat(cluster.findMarks()).isEmpty();
    }

    @Test
    void anotherLeaderFindsTheMarkAndLetsItLinger() {
        free("n1", 0);
        tend();
        registry.addNode("n1");
        marks = new NodeMarks(registry, cluster, clock);

        tend();
        assertThat(cluster.findMarks()).hasSize(1);
        pass(NodeMarks.LINGERS);
        assertThat(cluster.findMarks()).isEmpty();
    }

    private void free(String node, long bytes) {
        registry.addNode(node, bytes, "True", "dm-clone");
    }

    private void tend() {
        marks.tend(List.of());
    }

    private void pass(Duration time) {
        clock.pass(time);
        tend();
    }
}
