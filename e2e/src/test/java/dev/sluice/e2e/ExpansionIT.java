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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A claim asks for more while it is used, while it is not, and while it hydrates; what fails is taken back by asking for less. */
@EndToEnd
class ExpansionIT {
    private static final int MEBIBYTES = 16;
    private static final long LARGER_KIBIBYTES = 600 << 10;
    private static final Duration TOLD = Duration.ofSeconds(90);

    @Test
    void everyFileSystemAndABlockVolumeGrowUnderTheirPod(Sandbox sandbox) {
        Node node = sandbox.anyNode();
        PodRequest request = PodRequest.named("pod").on(node.name());
        for (String fsType : List.of("ext4", "xfs", "btrfs")) {
            String type =
                    sandbox.storageClass(fsType, Sandbox.FIRST_CONSUMER, Map.of("csi.storage.k8s.io/fstype", fsType));
            sandbox.claim(ClaimRequest.named(fsType).ofClass(type));
            request = request.mounting(fsType, "/" + fsType);
        }
        sandbox.claim(ClaimRequest.named("raw").block().ofSize("64Mi"));
        Workload pod = sandbox.start(request.withDevice("raw", "/dev/raw"));
        String ext4 = pod.writeRandom("/ext4/file", MEBIBYTES);
        String xfs = pod.writeRandom("/xfs/file", MEBIBYTES);
        String btrfs = pod.writeRandom("/btrfs/file", MEBIBYTES);
        pod.writeRandom("/dev/raw", MEBIBYTES);
        String raw = pod.checksum("/dev/raw", MEBIBYTES);

        for (String claim : List.of("ext4", "xfs", "btrfs")) {
            sandbox.resize(claim, "768Mi");
        }
        sandbox.resize("raw", "128Mi");

        for (String claim : List.of("ext4", "xfs", "btrfs")) {
            sandbox.awaitSize(claim, "768Mi");
            assertThat(kibibytes(pod, "/" + claim)).as(claim).isGreaterThan(LARGER_KIBIBYTES);
        }
        sandbox.awaitSize("raw", "128Mi");
        assertThat(node.sh("blockdev --getsize64 " + node.device(sandbox.volumeId("raw")))
                        .strip())
                .isEqualTo(Long.toString(128L << 20));
        assertThat(pod.checksum("/ext4/file")).isEqualTo(ext4);
        assertThat(pod.checksum("/xfs/file")).isEqualTo(xfs);
        assertThat(pod.checksum("/btrfs/file")).isEqualTo(btrfs);
        assertThat(pod.checksum("/dev/raw", MEBIBYTES)).isEqualTo(raw);
    }

    @Test
    void whatGrewWithoutAPodIsLargerWhenOneComes(Sandbox sandbox) {
        PodRequest request =
                PodRequest.named("pod").on(sandbox.anyNode().name()).mounting("data", "/data");
        sandbox.claim(ClaimRequest.named("data").ofSize("256Mi"));
        Workload first = sandbox.start(request);
        String checksum = first.writeRandom(Scene.FILE, MEBIBYTES);
        first.stop();

        sandbox.resize("data", "768Mi");

        Workload second = sandbox.start(request);
        await("the file system has grown").atMost(TOLD).until(() -> kibibytes(second, "/data") > LARGER_KIBIBYTES);
        sandbox.awaitSize("data", "768Mi");
        assertThat(second.checksum(Scene.FILE)).isEqualTo(checksum);
    }

    @Test
    void aCloneGrowsWhileItHydratesAndIsWholeInTheEnd(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);
        Node home = scene.home();
        assertThat(home.targets(scene.volumeId())).hasSize(1);

        sandbox.resize("clone", "768Mi");
        sandbox.awaitSize("clone", "768Mi");

        assertThat(home.targets(scene.volumeId())).containsExactly("linear", "linear");
        assertThat(home.progress(scene.volumeId()).hydratedBytes()).isLessThan(512L << 20);
        assertThat(kibibytes(scene.copy(), "/data")).isGreaterThan(LARGER_KIBIBYTES);
        String tail = scene.copy().writeRandom("/data/tail", Scene.ENOUGH_MEBIBYTES);
        scene.finishHydration();
        assertThat(home.targets(scene.volumeId())).containsExactly("linear");
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());
        assertThat(scene.copy().checksum("/data/tail")).isEqualTo(tail);
        assertThat(kibibytes(scene.copy(), "/data")).isGreaterThan(LARGER_KIBIBYTES);
    }

    @Test
    void anExpansionBeyondThePoolIsToldAndTakenBack(Sandbox sandbox) {
        sandbox.claim(ClaimRequest.named("data"));
        Workload pod = sandbox.start(
                PodRequest.named("pod").on(sandbox.anyNode().name()).mounting("data", "/data"));
        String checksum = pod.writeRandom(Scene.FILE, MEBIBYTES);

        sandbox.resize("data", "4Ti");
        await("the claim says why it cannot grow")
                .atMost(TOLD)
                .untilAsserted(() -> assertThat(String.join("\n", sandbox.events("data")))
                        .containsPattern("VolumeResizeFailed: .*cannot grow by .* free"));
        assertThat(pod.checksum(Scene.FILE)).isEqualTo(checksum);
        sandbox.resize("data", "768Mi");

        sandbox.awaitSize("data", "768Mi");
        assertThat(kibibytes(pod, "/data")).isGreaterThan(LARGER_KIBIBYTES);
        assertThat(pod.checksum(Scene.FILE)).isEqualTo(checksum);
    }

    private static long kibibytes(Workload pod, String path) {
        return Long.parseLong(pod.exec("df -Pk %s | tail -1 | awk '{print $2}'".formatted(path))
                .strip());
    }
}
