package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.HydrationPhase;
import dev.sluice.api.Volume;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Whatever is deleted, and whenever: it goes within 30 s, and the leak check finds nothing of it. */
@EndToEnd
class DeletionIT {
    private static final Duration GONE_WITHIN = Duration.ofSeconds(30);

    @Test
    void aSourceDeletedWhileItsCloneHydratesIsMissedByNobody(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);
        String volume = sandbox.volumeId("source");

        scene.source().stop();
        sandbox.deleteClaim("source");

        awaitGone(sandbox, scene.origin(), volume);
        assertThat(scene.hydration().phase()).isEqualTo(HydrationPhase.HYDRATING);
        scene.finishHydration();
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());
    }

    @Test
    void aCloneDeletedWhileItHydratesLeavesItsSourceAlone(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);
        String volume = scene.volumeId();

        scene.copy().stop();
        sandbox.deleteClaim("clone");

        awaitGone(sandbox, scene.home(), volume);
        assertThat(scene.source().checksum(Scene.FILE)).isEqualTo(scene.checksum());
    }

    @Test
    void aCloneDeletedBeforeItIsBoundLeavesNothing(Sandbox sandbox) {
        sandbox.claim(ClaimRequest.named("source"));
        Workload source = sandbox.start(
                PodRequest.named("source").on(sandbox.node(0).name()).mounting("source", "/data"));
        source.writeRandom(Scene.FILE, 1);
        sandbox.claim(ClaimRequest.named("clone").cloneOf("source"));
        String volume = sandbox.futureVolumeId("clone");
        Workload clone = sandbox.submit(
                PodRequest.named("clone").on(sandbox.node(1).name()).mounting("clone", "/data"));
        await("the clone's Volume is being made")
                .pollInterval(Duration.ofMillis(20))
                .until(() -> exists(sandbox, volume));

        sandbox.deleteClaim("clone");
        clone.stop();

        await("only the source is left").atMost(GONE_WITHIN).until(() -> !exists(sandbox, volume));
        assertThat(exists(sandbox, sandbox.volumeId("source"))).isTrue();
    }

    static void awaitGone(Sandbox sandbox, Node node, String volume) {
        await("volume " + volume + " is gone").atMost(GONE_WITHIN).untilAsserted(() -> {
            assertThat(exists(sandbox, volume)).isFalse();
            assertThat(node.sh("lvs --noheadings -o lv_name; dmsetup ls")).doesNotContain(volume);
        });
    }

    private static boolean exists(Sandbox sandbox, String volume) {
        return sandbox.cluster()
                        .client()
                        .resources(Volume.class)
                        .withName(volume)
                        .get()
                != null;
    }
}
