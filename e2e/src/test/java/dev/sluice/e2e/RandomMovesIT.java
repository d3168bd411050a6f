package dev.sluice.e2e;

import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** A pod that writes is moved again and again, mostly before its volume is whole. */
@EndToEnd
@EnabledIfEnvironmentVariable(
        named = "SLUICE_SOAK",
        matches = ".+",
        disabledReason = "a soak: SLUICE_SOAK=1 runs it too")
class RandomMovesIT {
    private static final int MOVES = 10;

    /** Some moves wait until the volume is hydrated: after too many nodes. */
    private static final Duration PATIENCE = Duration.ofMinutes(6);

    @Test
    void tenMovesInARowLoseNothing(Sandbox sandbox) {
        Random random = new Random(Seed.ofThisRun());
        List<Node> nodes = List.of(sandbox.node(0), sandbox.node(1), sandbox.node(2));
        Node at = nodes.getFirst();
        WriterScene scene = WriterScene.on(sandbox, at);
        for (int move = 1; move <= MOVES; move++) {
            List<Node> others = without(nodes, at);
            Node to = others.get(random.nextInt(others.size()));
            Ending ending = Ending.values()[random.nextInt(Ending.values().length)];
            System.err.printf("move %d: from %s to %s, %s%n", move, at.name(), to.name(), ending);
            scene.move(at, to, ending, PATIENCE);
            at = to;
        }
        scene.finish(at, without(nodes, at));
    }

    private static List<Node> without(List<Node> nodes, Node node) {
        List<Node> others = new ArrayList<>(nodes);
        others.remove(node);
        return others;
    }
}
