package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EncryptionKeys;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import dev.sluice.names.Names;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

@EndToEnd
class EncryptionIT {
    private static final int MEBIBYTES = 16;
    private static final int RAW_MEBIBYTES = 64;
    private static final String DEVICE = "/dev/data";
    private static final String MARKER = "plaintext-marker-0451";
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** A file system and a raw device at once: what is beneath them is the same. */
    @Test
    void onlyCiphertextIsStoredAndTravelsWhileAPodReadsAndWrites(Sandbox sandbox) {
        EncryptionKeys keys = EncryptionKeys.in(sandbox);
        String slow = keys.slowClass("encrypted", keys.secret("key", "correct horse"), Scene.SLOW);
        Node origin = sandbox.node(0);
        Node home = sandbox.node(1);
        sandbox.claim(ClaimRequest.named("files").ofClass(slow));
        sandbox.claim(ClaimRequest.named("raw").ofClass(slow).block().ofSize("64Mi"));
        Workload source = sandbox.start(PodRequest.named("source")
                .on(origin.name())
                .mounting("files", "/data")
                .withDevice("raw", DEVICE));
        String file = source.writeRandom(Scene.FILE, Scene.ENOUGH_MEBIBYTES);
        source.exec("yes %s | head -c 1048576 | tee /data/marker | dd of=%s conv=fsync 2>/dev/null; sync"
                .formatted(MARKER, DEVICE));
        source.exec("dd if=/dev/urandom of=%s bs=1M seek=1 count=63 conv=fsync 2>/dev/null".formatted(DEVICE));
        String device = source.checksum(DEVICE, RAW_MEBIBYTES);
        sandbox.claim(ClaimRequest.named("files-clone").ofClass(slow).cloneOf("files"));
        sandbox.claim(ClaimRequest.named("raw-clone")
                .ofClass(slow)
                .block()
                .ofSize("64Mi")
                .cloneOf("raw"));

        Workload clone = sandbox.start(PodRequest.named("clone")
                .on(home.name())
                .mounting("files-clone", "/data")
                .withDevice("raw-clone", DEVICE));

        assertThat(clone.checksum(Scene.FILE)).as("read through").isEqualTo(file);
        assertThat(clone.checksum(DEVICE, RAW_MEBIBYTES)).as("read through").isEqualTo(device);
        String own = clone.writeRandom("/data/own", MEBIBYTES);
        for (String claim : List.of("files-clone", "raw-clone")) {
            assertThat(sandbox.hydration(claim).phase()).isEqualTo(HydrationPhase.HYDRATING);
            sandbox.hydration(claim).unlimit();
        }
        sandbox.hydration("files-clone").await(HydrationPhase.HYDRATED);
        sandbox.hydration("raw-clone").await(HydrationPhase.HYDRATED);
        home.dropCaches();
        assertThat(clone.checksum(Scene.FILE)).as("once local").isEqualTo(file);
        assertThat(clone.checksum("/data/own")).isEqualTo(own);
        assertThat(clone.checksum(DEVICE, RAW_MEBIBYTES)).as("once local").isEqualTo(device);
        assertThat(clone.exec("head -1 /data/marker; head -c 32 " + DEVICE)).containsPattern(MARKER + "\n" + MARKER);
        for (String claim : List.of("files", "raw")) {
            assertCiphertext(origin, sandbox.volumeId(claim));
            assertCiphertext(home, sandbox.volumeId(claim + "-clone"));
        }
    }

    private static void assertCiphertext(Node node, String disk) {
        assertThat(header(node, disk)).isEqualTo("LUKS");
        assertThat(markers(node, disk)).isEqualTo("0");
        assertThat(node.sh("dmsetup table " + Names.luksDevice(disk))).contains(" crypt ");
    }

    @Test
    void aWrongKeyIsRefusedAndSaysSo(Sandbox sandbox) {
        EncryptionKeys keys = EncryptionKeys.in(sandbox);
        String right = keys.storageClass("right", keys.secret("right", "correct horse"));
        String wrong = keys.storageClass("wrong", keys.secret("wrong", "battery staple"));
        Node node = sandbox.anyNode();
        sandbox.claim(ClaimRequest.named("source").ofClass(right));
        sandbox.start(PodRequest.named("source").on(node.name()).mounting("source", "/data"));
        sandbox.claim(ClaimRequest.named("clone").ofClass(wrong).cloneOf("source"));

        sandbox.submit(PodRequest.named("clone").on(node.name()).mounting("clone", "/data"));

        await("an event of the pod names the secret")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(keys.events("clone"))
                        .anyMatch(event -> event.contains("does not open volume " + sandbox.volumeId("clone"))));
        assertThat(keys.events("clone")).noneMatch(event -> event.contains("battery staple"));
    }

    @Test
    void growsWhileItIsUsed(Sandbox sandbox) {
        EncryptionKeys keys = EncryptionKeys.in(sandbox);
        String encrypted = keys.storageClass("encrypted", keys.secret("key", "correct horse"));
        sandbox.claim(ClaimRequest.named("data").ofClass(encrypted));
        Workload pod = sandbox.start(
                PodRequest.named("pod").on(sandbox.anyNode().name()).mounting("data", "/data"));
        String checksum = pod.writeRandom(Scene.FILE, MEBIBYTES);

        keys.grow("data", "1Gi");

        await("the file system has grown")
                .atMost(LIMIT)
                .until(() -> Long.parseLong(pod.exec("df -k /data | tail -1 | awk '{print $2}'")
                                .strip())
                        > 900_000);
        assertThat(pod.checksum(Scene.FILE)).isEqualTo(checksum);
    }

    private static String header(Node node, String volumeId) {
        return node.sh(logicalVolume(volumeId) + "head -c 4 $disk").strip();
    }

    /** How many lines of the whole disk show what a pod wrote. */
    private static String markers(Node node, String volumeId) {
        return node.sh(logicalVolume(volumeId) + "grep -a -c %s $disk || :".formatted(MARKER))
                .strip();
    }

    /** Sets $disk to the device of the logical volume, by the kernel's name: there need be no other. */
    private static String logicalVolume(String volumeId) {
        return "name=$(grep -l -e '-%s$' /sys/block/dm-*/dm/name); disk=${name%%/dm/name}; disk=/dev/${disk##*/}; "
                .formatted(volumeId.replace("-", "--"));
    }
}
