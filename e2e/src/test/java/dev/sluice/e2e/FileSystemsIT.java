package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.HydrationPhase;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a class says of file systems is what the kernel shows; a copy mounts beside its source whatever they share. */
@EndToEnd
class FileSystemsIT {
    private static final int MEBIBYTES = 16;
    private static final Duration REFUSAL = Duration.ofSeconds(20);

    @ParameterizedTest
    @ValueSource(strings = {"xfs", "btrfs"})
    void aCloneMountsBesideItsSourceAndBothAreWritten(String fsType, Sandbox sandbox) {
        Node node = sandbox.node(0);
        String type = sandbox.storageClass(fsType, Sandbox.FIRST_CONSUMER, Map.of("csi.storage.k8s.io/fstype", fsType));
        sandbox.claim(ClaimRequest.named("source").ofClass(type));
        Workload source =
                sandbox.start(PodRequest.named("source").on(node.name()).mounting("source", "/data"));
        String checksum = source.writeRandom(Scene.FILE, MEBIBYTES);
        sandbox.claim(ClaimRequest.named("clone").ofClass(type).cloneOf("source"));
        Workload clone = sandbox.start(PodRequest.named("clone").on(node.name()).mounting("clone", "/data"));
        assertThat(clone.checksum(Scene.FILE)).isEqualTo(checksum);

        String own = clone.writeRandom(Scene.FILE, MEBIBYTES);
        String other = source.writeRandom("/data/other", MEBIBYTES);
        node.dropCaches();

        assertThat(source.checksum(Scene.FILE)).isEqualTo(checksum);
        assertThat(source.checksum("/data/other")).isEqualTo(other);
        assertThat(clone.checksum(Scene.FILE)).isEqualTo(own);
        assertThat(clone.exec("ls /data")).doesNotContain("other");
    }

    @Test
    void aBtrfsCloneOnAnotherNodeHydratesWholeAndComesBack(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "btrfs", Scene.ENOUGH_MEBIBYTES);
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());

        scene.finishHydration();

        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());
        assertThat(scene.hydration().phase()).isEqualTo(HydrationPhase.HYDRATED);
        scene.copy().stop();
        Workload again =
                sandbox.start(PodRequest.named("again").on(scene.home().name()).mounting("clone", "/data"));
        assertThat(again.checksum(Scene.FILE)).isEqualTo(scene.checksum());
    }

    @Test
    void optionsOfTheClassReachMkfsAndMountAndAReaderCannotWrite(Sandbox sandbox) {
        Node node = sandbox.node(0);
        String ext4 = sandbox.storageClass(
                "ext4",
                Sandbox.FIRST_CONSUMER,
                Map.of("csi.storage.k8s.io/fstype", "ext4", "mkfsOptions", "-i 65536 -I 512"),
                List.of("noatime", "nosuid", "commit=30"));
        String btrfs = sandbox.storageClass(
                "btrfs",
                Sandbox.FIRST_CONSUMER,
                Map.of("csi.storage.k8s.io/fstype", "btrfs"),
                List.of("compress=zstd:3"));
        sandbox.claim(ClaimRequest.named("small").ofClass(ext4));
        sandbox.claim(ClaimRequest.named("packed").ofClass(btrfs));
        Workload writer = sandbox.start(PodRequest.named("writer")
                .on(node.name())
                .mounting("small", "/small")
                .mounting("packed", "/packed"));

        assertThat(writer.exec("grep -E ' /(small|packed) ' /proc/mounts"))
                .containsPattern("/small ext4 rw,.*noatime,.*commit=30")
                .containsPattern("/packed btrfs rw,.*compress=zstd:3");
        // The container runtime remounts without nosuid for the container; what the driver gives it has it.
        assertThat(node.sh("cat /proc/mounts")).containsPattern("/mount ext4 rw,nosuid,noatime,.*commit=30");
        assertThat(node.sh("dumpe2fs -h " + node.device(sandbox.volumeId("small")) + " 2>/dev/null"))
                .containsPattern("Inode size:\\s+512\\b")
                .containsPattern("Inode count:\\s+8192\\b");
        String checksum = writer.writeRandom("/small/file", MEBIBYTES);
        writer.stop();
        Workload reader =
                sandbox.start(PodRequest.named("reader").on(node.name()).reading("small", "/small"));

        assertThat(reader.checksum("/small/file")).isEqualTo(checksum);
        assertThat(reader.exec("grep ' /small ' /proc/mounts")).containsPattern("/small ext4 ro,.*noatime");
        assertThat(node.sh("cat /proc/mounts")).containsPattern("/mount ext4 ro,nosuid,noatime,.*commit=30");
        assertThat(reader.tryExec(REFUSAL, "touch /small/other").succeeded()).isFalse();
    }
}
