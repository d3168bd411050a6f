package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.VolumeSnapshots;
import dev.sluice.e2e.fixture.Workload;
import org.junit.jupiter.api.Test;

/** A volume that is itself hydrating is snapshotted and cloned as any other, and may go before what was made of it. */
@EndToEnd
class CompositeIT {
    private static final String OWN = "/data/own";
    private static final int OWN_MEBIBYTES = 4;

    @Test
    void aSnapshotOfAHydratingCloneIsRestoredHereAndElsewhere(Sandbox sandbox) {
        assumeTrue(
                VolumeSnapshots.className(sandbox.cluster().client()).isPresent(),
                "the snapshot API, or a class of our driver, is not installed");
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);
        String own = scene.copy().writeRandom(OWN, OWN_MEBIBYTES);
        sandbox.snapshots().take("early", "clone");
        scene.copy().writeRandom(OWN, OWN_MEBIBYTES);
        assertThat(scene.hydration().phase()).isEqualTo(HydrationPhase.HYDRATING);
        sandbox.claim(ClaimRequest.named("here").restoredFrom("early"));
        sandbox.claim(ClaimRequest.named("elsewhere").restoredFrom("early"));
        // With two nodes, the origin's own: the chain then ends where it begins.
        Node away = sandbox.node(sandbox.cluster().nodes().size() > 2 ? 2 : 0);

        Workload here =
                sandbox.submit(PodRequest.named("here").on(scene.home().name()).mounting("here", "/data"));
        Workload elsewhere =
                sandbox.submit(PodRequest.named("elsewhere").on(away.name()).mounting("elsewhere", "/data"));
        here.awaitReady();
        elsewhere.awaitReady();
        scene.copy().stop();
        sandbox.deleteClaim("clone");

        requireBoth(here, scene.checksum(), own);
        requireBoth(elsewhere, scene.checksum(), own);
        CloneHydrationStatus copied = sandbox.hydration("here").await(HydrationPhase.HYDRATED);
        assertThat(copied.copiedBytes() + copied.skippedBytes()).isEqualTo(copied.totalBytes());
        sandbox.hydration("elsewhere").await(HydrationPhase.HYDRATED);
        scene.home().dropCaches();
        away.dropCaches();
        requireBoth(here, scene.checksum(), own);
        requireBoth(elsewhere, scene.checksum(), own);
    }

    @Test
    void aHydratingCloneIsClonedBesideItself(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);
        String own = scene.copy().writeRandom(OWN, OWN_MEBIBYTES);
        sandbox.claim(ClaimRequest.named("beside").cloneOf("clone"));

        Workload beside =
                sandbox.start(PodRequest.named("beside").on(scene.home().name()).mounting("beside", "/data"));

        requireBoth(beside, scene.checksum(), own);
        sandbox.hydration("beside").await(HydrationPhase.HYDRATED);
        scene.finishHydration();
        requireBoth(beside, scene.checksum(), own);
        requireBoth(scene.copy(), scene.checksum(), own);
    }

    private static void requireBoth(Workload pod, String file, String own) {
        assertThat(pod.checksum(Scene.FILE)).isEqualTo(file);
        assertThat(pod.checksum(OWN)).isEqualTo(own);
    }
}
