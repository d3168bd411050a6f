package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.StatefulSetRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node is drained. In a class of its own: no other test's pods could be scheduled there meanwhile. */
@EndToEnd
class DrainIT {
    private static final Duration MOVE = Duration.ofSeconds(120);

    @Test
    void thePodGoesOnWhereverItIsScheduled(Sandbox sandbox) {
        WriterScene scene = WriterScene.of(sandbox, StatefulSetRequest.named("db"));
        Node drained = new Node(sandbox.cluster(), scene.replica().pod().node());
        try {
            scene.awaitSuccessorOf(MOVE, () -> drain(sandbox, drained));
            assertThat(scene.replica().pod().node()).isNotEqualTo(drained.name());
        } finally {
            kubectl(sandbox, "uncordon", drained.name());
        }
        Node home = new Node(sandbox.cluster(), scene.replica().pod().node());
        scene.finish(home, List.of(drained));
    }

    /** Only this test's pods: the controller may run there too. */
    private static void drain(Sandbox sandbox, Node node) {
        kubectl(
                sandbox,
                "drain",
                node.name(),
                "--ignore-daemonsets",
                "--pod-selector=" + Sandbox.LABEL + "=" + sandbox.namespace(),
                "--timeout=60s");
    }

    private static void kubectl(Sandbox sandbox, String... arguments) {
        sandbox.cluster().kubectl(arguments).orFail("kubectl " + String.join(" ", arguments));
    }
}
