package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import java.util.Map;
import org.junit.jupiter.api.Test;

@EndToEnd
class CloneOnSameNodeIT {
    private static final int MEBIBYTES = 16;

    @Test
    void isBornHydratedAndMountsBesideItsSource(Sandbox sandbox) {
        Node node = sandbox.anyNode();
        String xfs = sandbox.storageClass("xfs", Sandbox.FIRST_CONSUMER, Map.of("csi.storage.k8s.io/fstype", "xfs"));
        sandbox.claim(ClaimRequest.named("source").ofClass(xfs));
        Workload source =
                sandbox.start(PodRequest.named("source").on(node.name()).mounting("source", "/data"));
        String checksum = source.writeRandom(Scene.FILE, MEBIBYTES);
        sandbox.claim(ClaimRequest.named("clone").ofClass(xfs).cloneOf("source"));

        Workload clone = sandbox.start(PodRequest.named("clone").on(node.name()).mounting("clone", "/data"));

        CloneHydrationStatus status = sandbox.hydration("clone").await(HydrationPhase.HYDRATED);
        assertThat(status.reason()).isEqualTo("SharedBlocks");
        assertThat(status.copiedBytes()).isZero();
        assertThat(clone.checksum(Scene.FILE)).isEqualTo(checksum);
        assertThat(node.targets(sandbox.volumeId("clone"))).containsOnly("linear");
        clone.writeRandom(Scene.FILE, MEBIBYTES);
        assertThat(source.checksum(Scene.FILE))
                .as("the source, after a write to its clone")
                .isEqualTo(checksum);
    }
}
