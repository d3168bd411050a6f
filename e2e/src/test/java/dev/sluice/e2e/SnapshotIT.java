package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.VolumeSnapshots;
import dev.sluice.e2e.fixture.Workload;
import org.junit.jupiter.api.Test;

@EndToEnd
class SnapshotIT {
    private static final int MEBIBYTES = 16;

    @Test
    void aSnapshotOfALiveVolumeIsRestoredHereAndElsewhere(Sandbox sandbox) {
        assumeTrue(
                VolumeSnapshots.className(sandbox.cluster().client()).isPresent(),
                "the snapshot API, or a class of our driver, is not installed");
        sandbox.claim(ClaimRequest.named("source"));
        Workload source = sandbox.start(
                PodRequest.named("source").on(sandbox.node(0).name()).mounting("source", "/data"));
        String checksum = source.writeRandom(Scene.FILE, MEBIBYTES);
        sandbox.snapshots().take("monday", "source");
        source.writeRandom(Scene.FILE, MEBIBYTES);
        sandbox.claim(ClaimRequest.named("here").restoredFrom("monday"));
        sandbox.claim(ClaimRequest.named("elsewhere").restoredFrom("monday"));

        Workload here = sandbox.submit(
                PodRequest.named("here").on(sandbox.node(0).name()).mounting("here", "/data"));
        Workload elsewhere = sandbox.submit(
                PodRequest.named("elsewhere").on(sandbox.node(1).name()).mounting("elsewhere", "/data"));

        assertThat(here.awaitReady().checksum(Scene.FILE)).isEqualTo(checksum);
        assertThat(elsewhere.awaitReady().checksum(Scene.FILE)).isEqualTo(checksum);
        sandbox.hydration("here").await(HydrationPhase.HYDRATED);
        sandbox.hydration("elsewhere").await(HydrationPhase.HYDRATED);
        assertThat(elsewhere.checksum(Scene.FILE)).isEqualTo(checksum);
    }
}
