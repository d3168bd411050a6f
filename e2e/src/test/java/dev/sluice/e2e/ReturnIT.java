package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.HydrationHistory;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Seed;
import dev.sluice.e2e.fixture.Workload;
import dev.sluice.names.Names;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** A volume that returns to a node where its older copy is still kept copies only what changed meanwhile. */
@EndToEnd
class ReturnIT {
    private static final int MEBIBYTES = 64;
    private static final int ROUNDS = 20;
    private static final int FILES = 8;
    private static final Duration WHOLE = Duration.ofSeconds(120);
    private static final String OWN = "/data/own";

    @Test
    void onlyWhatChangedIsCopied(Sandbox sandbox) {
        Node first = sandbox.node(0);
        Node second = sandbox.node(1);
        sandbox.claim(ClaimRequest.named("data").ofClass(keeping(sandbox)));
        Workload there = MoveIT.start(sandbox, "there", first);
        String volume = sandbox.volumeId("data");
        String checksum = there.writeRandom(Scene.FILE, MEBIBYTES);
        there.stop();
        Workload here = MoveIT.start(sandbox, "here", second);
        awaitWhole(sandbox);
        String own = here.writeRandom(OWN, 4);
        here.stop();

        Workload home = MoveIT.start(sandbox, "home", first);
        try (HydrationHistory history = sandbox.hydration("data").watch()) {
            assertThat(home.checksum(Scene.FILE)).isEqualTo(checksum);
            String late = home.writeRandom("/data/late", 4);
            CloneHydrationStatus status = awaitWhole(sandbox);

            history.assertHonest();
            assertThat(status.reused()).isGreaterThan(status.totalBytes() / 2);
            assertThat(status.copiedBytes()).isGreaterThanOrEqualTo(4 * Scene.MEBIBYTE);
            assertThat(first.targets(volume)).containsOnly("linear");
            first.dropCaches();
            assertThat(home.checksum(Scene.FILE)).as("once local").isEqualTo(checksum);
            assertThat(home.checksum(OWN)).isEqualTo(own);
            assertThat(home.checksum("/data/late")).isEqualTo(late);
        }
        assertThat(discardLimit(first, volume)).as("discards pass again").isNotEqualTo("0");
    }

    @Test
    @EnabledIfEnvironmentVariable(
            named = "SLUICE_SOAK",
            matches = ".+",
            disabledReason = "a soak: SLUICE_SOAK=1 runs it too")
    void thereAndBackTwentyTimesUnderWrites(Sandbox sandbox) {
        Random random = new Random(Seed.ofThisRun());
        Node first = sandbox.node(0);
        Node second = sandbox.node(1);
        sandbox.claim(ClaimRequest.named("data").ofClass(keeping(sandbox)));
        Map<String, String> written = new HashMap<>();
        Workload pod = MoveIT.start(sandbox, "pod-0", first);
        for (int round = 1; round <= 2 * ROUNDS; round++) {
            write(pod, random, written);
            pod.stop();
            Node to = round % 2 == 0 ? first : second;
            pod = MoveIT.start(sandbox, "pod-" + round, to);
            write(pod, random, written);
            CloneHydrationStatus status = awaitWhole(sandbox);
            System.err.printf("move %d: %d of %d reused%n", round, status.reused(), status.totalBytes());
            to.dropCaches();
            for (Map.Entry<String, String> file : written.entrySet()) {
                assertThat(pod.checksum(file.getKey())).as(file.getKey()).isEqualTo(file.getValue());
            }
            if (round > 1) {
                assertThat(status.reused()).isPositive();
            }
        }
    }

    private static void write(Workload pod, Random random, Map<String, String> written) {
        String file = "/data/file-" + random.nextInt(FILES);
        written.put(file, pod.writeRandom(file, 1 + random.nextInt(8)));
    }

    private static String keeping(Sandbox sandbox) {
        return sandbox.storageClass(
                "keeping", Sandbox.FIRST_CONSUMER, Map.of("placement", "Follow", "retainOrigin", "10m"));
    }

    /** At the epoch of now. */
    private static CloneHydrationStatus awaitWhole(Sandbox sandbox) {
        long epoch = sandbox.volume("data").spec().epoch();
        await("hydrated at epoch " + epoch)
                .atMost(WHOLE)
                .until(() -> sandbox.hydration("data")
                        .status()
                        .filter(status -> status.epoch() == epoch && status.phase() == HydrationPhase.HYDRATED)
                        .isPresent());
        return sandbox.hydration("data").status().orElseThrow();
    }

    private static String discardLimit(Node node, String volume) {
        return node.sh("cat /sys/block/$(dmsetup info -c --noheadings -o blkdevname " + Names.outerDevice(volume)
                        + ")/queue/discard_max_bytes")
                .strip();
    }
}
