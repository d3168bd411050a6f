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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a class says of file systems is what the kernel shows; a copy mounts beside its source whatever they share. */
@EndToEnd
class FileSystemsIT {
    private static final int MEBIBYTES = 16;
    /** Those that refuse, or mistake, a second file system with the same identity. */
    private static final List<String> FS_TYPES = List.of("xfs", "btrfs");

    private static final Duration REFUSAL = Duration.ofSeconds(20);

    @Test
    void aCloneMountsBesideItsSourceAndBothAreWritten(Sandbox sandbox) {
        Node node = sandbox.anyNode();
        PodRequest sourcePod = PodRequest.named("source").on(node.name());
        PodRequest clonePod = PodRequest.named("clone").on(node.name());
        for (String fsType : FS_TYPES) {
            String type =
                    sandbox.storageClass(fsType, Sandbox.FIRST_CONSUMER, Map.of("csi.storage.k8s.io/fstype", fsType));
            sandbox.claim(ClaimRequest.named(fsType).ofClass(type));
            sourcePod = sourcePod.mounting(fsType, "/" + fsType);
            clonePod = clonePod.mounting(fsType + "-clone", "/" + fsType);
        }
        Workload source = sandbox.start(sourcePod);
        Map<String, String> checksums = written(source, "file");
        for (String fsType : FS_TYPES) {
            sandbox.claim(ClaimRequest.named(fsType + "-clone")
                    .ofClass(sandbox.namespace() + "-" + fsType)
                    .cloneOf(fsType));
        }
        Workload clone = sandbox.start(clonePod);
        assertThat(read(clone, "file")).isEqualTo(checksums);
        FS_TYPES.forEach(fsType -> assertBornHydrated(sandbox, node, fsType + "-clone"));

        Map<String, String> own = written(clone, "file");
        Map<String, String> other = written(source, "other");
        node.dropCaches();

        assertThat(read(source, "file")).isEqualTo(checksums);
        assertThat(read(source, "other")).isEqualTo(other);
        assertThat(read(clone, "file")).isEqualTo(own);
        assertThat(clone.exec("ls /xfs /btrfs")).contains("file").doesNotContain("other");
    }

    private static void assertBornHydrated(Sandbox sandbox, Node node, String claim) {
        CloneHydrationStatus status = sandbox.hydration(claim).await(HydrationPhase.HYDRATED);
        assertThat(status.reason()).isEqualTo("SharedBlocks");
        assertThat(status.copiedBytes()).isZero();
        assertThat(node.targets(sandbox.volumeId(claim))).containsOnly("linear");
    }

    /** The checksum of a new file in the mount of each file system. */
    private static Map<String, String> written(Workload pod, String file) {
        return FS_TYPES.stream()
                .collect(Collectors.toMap(
                        Function.identity(), fsType -> pod.writeRandom("/" + fsType + "/" + file, MEBIBYTES)));
    }

    private static Map<String, String> read(Workload pod, String file) {
        return FS_TYPES.stream()
                .collect(Collectors.toMap(Function.identity(), fsType -> pod.checksum("/" + fsType + "/" + file)));
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
        Node node = sandbox.anyNode();
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
        assertThat(reader.tryExec(REFUSAL, "touch /small/other").succeeded()).isFalse();
    }
}
