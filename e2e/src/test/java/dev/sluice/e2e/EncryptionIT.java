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
import org.junit.jupiter.api.Test;

@EndToEnd
class EncryptionIT {
    private static final int MEBIBYTES = 16;
    private static final String MARKER = "plaintext-marker-0451";
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @Test
    void onlyCiphertextIsStoredAndTravels(Sandbox sandbox) {
        EncryptionKeys keys = EncryptionKeys.in(sandbox);
        String encrypted = keys.storageClass("encrypted", keys.secret("key", "correct horse"));
        Node origin = sandbox.node(0);
        Node home = sandbox.node(1);
        sandbox.claim(ClaimRequest.named("source").ofClass(encrypted));
        Workload source =
                sandbox.start(PodRequest.named("source").on(origin.name()).mounting("source", "/data"));
        String checksum = source.writeRandom(Scene.FILE, MEBIBYTES);
        source.exec("yes %s | head -c 1048576 >/data/marker; sync".formatted(MARKER));
        String disk = sandbox.volumeId("source");
        sandbox.claim(ClaimRequest.named("clone").ofClass(encrypted).cloneOf("source"));

        Workload clone = sandbox.start(PodRequest.named("clone").on(home.name()).mounting("clone", "/data"));

        assertThat(clone.checksum(Scene.FILE)).isEqualTo(checksum);
        assertThat(clone.exec("head -1 /data/marker")).contains(MARKER);
        sandbox.hydration("clone").await(HydrationPhase.HYDRATED);
        home.dropCaches();
        assertThat(clone.checksum(Scene.FILE)).isEqualTo(checksum);
        assertThat(header(origin, disk)).isEqualTo("LUKS");
        assertThat(header(home, sandbox.volumeId("clone"))).isEqualTo("LUKS");
        assertThat(markers(origin, disk)).isEqualTo("0");
        assertThat(origin.sh("dmsetup table " + Names.luksDevice(disk))).contains(" crypt ");
    }

    @Test
    void aWrongKeyIsRefusedAndSaysSo(Sandbox sandbox) {
        EncryptionKeys keys = EncryptionKeys.in(sandbox);
        String right = keys.storageClass("right", keys.secret("right", "correct horse"));
        String wrong = keys.storageClass("wrong", keys.secret("wrong", "battery staple"));
        Node node = sandbox.node(0);
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
        Workload pod =
                sandbox.start(PodRequest.named("pod").on(sandbox.node(0).name()).mounting("data", "/data"));
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
