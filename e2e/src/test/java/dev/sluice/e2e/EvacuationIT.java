package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.EvacuatedNode;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A node is emptied, so that it can be switched off. Alone: all volumes there are concerned. */
@EndToEnd
@Execution(ExecutionMode.SAME_THREAD)
class EvacuationIT {
    /** A claim with content, and the pod that wrote it. */
    private record Written(String claim, Workload pod, String checksum) {}

    @Test
    void idleVolumesLeaveAndWhatIsInUseHoldsTheNode(Sandbox sandbox) {
        String follow = sandbox.followClass();
        Node node = sandbox.node(0);
        Written idle = write(sandbox, "idle", follow, node);
        Written spare = write(sandbox, "spare", follow, node);
        Written used = write(sandbox, "used", follow, node);
        List<Written> all = List.of(idle, spare, used);
        String held = "in use: " + sandbox.namespace() + "/used (by a pod on node " + node.name();
        idle.pod().stop();
        spare.pod().stop();

        try (EvacuatedNode ended = new EvacuatedNode(sandbox.cluster().client(), node.name())) {
            ended.awaitMessage(held);
        }
        assertThat(all)
                .as("after an evacuation that was ended at once")
                .allSatisfy(each -> assertThat(home(sandbox, each.claim())).isEqualTo(node.name()));

        try (EvacuatedNode evacuated = new EvacuatedNode(sandbox.cluster().client(), node.name())) {
            evacuated.awaitMessage(held);
            assertThat(used.pod().checksum(Scene.FILE)).isEqualTo(used.checksum());
            used.pod().stop();

            evacuated.awaitEmpty();

            for (Written each : all) {
                sandbox.hydration(each.claim()).await(HydrationPhase.HYDRATED);
                MoveIT.assertGone(sandbox.volumeId(each.claim()), node);
            }
            for (Written each : all) {
                Node home = new Node(sandbox.cluster(), home(sandbox, each.claim()));
                home.dropCaches();
                Workload again = sandbox.start(pod("again-" + each.claim(), each.claim(), home));
                assertThat(again.checksum(Scene.FILE)).as(each.claim()).isEqualTo(each.checksum());
            }
        }
    }

    private static Written write(Sandbox sandbox, String claim, String storageClass, Node node) {
        sandbox.claim(ClaimRequest.named(claim).ofSize("64Mi").ofClass(storageClass));
        Workload pod = sandbox.start(pod(claim, claim, node));
        return new Written(claim, pod, pod.writeRandom(Scene.FILE, 16));
    }

    private static PodRequest pod(String name, String claim, Node node) {
        return PodRequest.named(name).on(node.name()).mounting(claim, "/data");
    }

    private static String home(Sandbox sandbox, String claim) {
        return sandbox.volume(claim).spec().home();
    }
}
