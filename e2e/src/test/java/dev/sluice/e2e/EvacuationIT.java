package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.HydrationPhase;
import dev.sluice.api.Volume;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.EvacuatedNode;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A node is emptied, so that it can be switched off. Alone: all volumes there are concerned. */
@EndToEnd
@Execution(ExecutionMode.SAME_THREAD)
class EvacuationIT {
    @Test
    void idleVolumesLeaveAndWhatIsInUseHoldsTheNode(Sandbox sandbox) {
        String follow = sandbox.storageClass("follow", Sandbox.FIRST_CONSUMER, Map.of("placement", "Follow"));
        Node node = sandbox.node(0);
        List<String> claims = List.of("idle", "spare", "used");
        Map<String, String> checksums = new HashMap<>();
        Map<String, Workload> pods = new HashMap<>();
        for (String claim : claims) {
            sandbox.claim(ClaimRequest.named(claim).ofSize("64Mi").ofClass(follow));
            pods.put(claim, sandbox.submit(pod(claim, node)));
        }
        for (String claim : claims) {
            checksums.put(claim, pods.get(claim).awaitReady().writeRandom(Scene.FILE, 16));
        }
        pods.get("idle").stop();
        pods.get("spare").stop();

        try (EvacuatedNode cancelled = new EvacuatedNode(sandbox.cluster().client(), node.name())) {
            cancelled.awaitMessage("in use: " + sandbox.namespace() + "/used");
        }
        assertThat(claims)
                .as("an evacuation that was ended")
                .allSatisfy(claim -> assertThat(home(sandbox, claim)).isEqualTo(node.name()));

        try (EvacuatedNode evacuated = new EvacuatedNode(sandbox.cluster().client(), node.name())) {
            evacuated.awaitMessage("in use: " + sandbox.namespace() + "/used (by a pod on node " + node.name());
            assertThat(pods.get("used").checksum(Scene.FILE)).isEqualTo(checksums.get("used"));
            pods.get("used").stop();

            evacuated.awaitEmpty();

            for (String claim : claims) {
                assertThat(sandbox.hydration(claim).phase()).isEqualTo(HydrationPhase.HYDRATED);
                MoveIT.assertGone(sandbox.volumeId(claim), node);
            }
            for (String claim : claims) {
                Node home = new Node(sandbox.cluster(), home(sandbox, claim));
                home.dropCaches();
                assertThat(sandbox.start(pod("again-" + claim, claim, home)).checksum(Scene.FILE))
                        .as(claim)
                        .isEqualTo(checksums.get(claim));
            }
        }
    }

    private static PodRequest pod(String claim, Node node) {
        return pod(claim, claim, node);
    }

    private static PodRequest pod(String name, String claim, Node node) {
        return PodRequest.named(name).on(node.name()).mounting(claim, "/data");
    }

    private static String home(Sandbox sandbox, String claim) {
        return sandbox.cluster()
                .client()
                .resources(Volume.class)
                .withName(sandbox.volumeId(claim))
                .get()
                .getSpec()
                .home();
    }
}
