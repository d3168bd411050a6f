package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The ways pods have volumes: one that lives as long as its pod, one for several pods of a node, one for one pod only. */
@EndToEnd
class PodsIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void anEphemeralVolumeLivesAsLongAsItsPod(Sandbox sandbox) {
        Workload pod = sandbox.start(PodRequest.named("worker").withEphemeral("scratch", "/scratch"));
        pod.writeRandom("/scratch/file", 8);
        assertThat(sandbox.claims()).containsExactly("worker-scratch");

        pod.stop();

        await("the claim goes with its pod")
                .atMost(SOON)
                .until(() -> sandbox.claims().isEmpty());
    }

    @Test
    void podsOfOneNodeShareAVolume(Sandbox sandbox) {
        Node node = sandbox.anyNode();
        sandbox.claim(ClaimRequest.named("shared"));
        Workload writer =
                sandbox.start(PodRequest.named("writer").on(node.name()).mounting("shared", "/data"));
        Workload reader =
                sandbox.start(PodRequest.named("reader").on(node.name()).mounting("shared", "/data"));
        String checksum = writer.writeRandom(Scene.FILE, 8);

        assertThat(reader.checksum(Scene.FILE)).isEqualTo(checksum);

        writer.stop();
        assertThat(reader.writeRandom("/data/another", 8)).isNotEqualTo(checksum);
        assertThat(reader.checksum(Scene.FILE)).isEqualTo(checksum);
    }

    @Test
    void aVolumeForOnePodIsGivenToOnePod(Sandbox sandbox) {
        Node node = sandbox.anyNode();
        sandbox.claim(ClaimRequest.named("single").forOnePod());
        Workload first = sandbox.start(PodRequest.named("first").on(node.name()).mounting("single", "/data"));
        String checksum = first.writeRandom(Scene.FILE, 8);
        Workload second =
                sandbox.submit(PodRequest.named("second").on(node.name()).mounting("single", "/data"));
        await("the second pod is told why it waits")
                .atMost(SOON)
                .until(() -> second.unschedulable().contains("ReadWriteOncePod"));

        first.stop();

        assertThat(second.awaitReady().checksum(Scene.FILE)).isEqualTo(checksum);
    }
}
