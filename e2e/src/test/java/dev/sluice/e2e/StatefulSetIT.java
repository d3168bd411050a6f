package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A database's pod comes back on another node, however it ended on the first: it finds all it was told is on the disk. */
@EndToEnd
class StatefulSetIT {
    private static final Duration MOVE = Duration.ofSeconds(120);

    @ParameterizedTest
    @EnumSource(Ending.class)
    void nothingIsLostAndOneWriterFollowsAnother(Ending ending, Sandbox sandbox) {
        // They run at the same time: not all in one direction.
        int first = ending.ordinal() % 2;
        Node from = sandbox.node(first);
        Node to = sandbox.node(1 - first);
        WriterScene scene = WriterScene.on(sandbox, from);

        scene.move(from, to, ending, MOVE);

        scene.finish(to, List.of(from));
        assertThat(sandbox.hydration(scene.replica().claim()).phase()).isEqualTo(HydrationPhase.HYDRATED);
    }
}
