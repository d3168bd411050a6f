package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.HydrationPhase;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Volume;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EncryptionKeys;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import dev.sluice.names.Names;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A volume of placement Follow goes where its pod goes. */
@EndToEnd
class MoveIT {
    private static final int MEBIBYTES = 64;
    private static final Duration RELEASE = Duration.ofSeconds(60);
    private static final Duration TOLD = Duration.ofSeconds(90);
    private static final String DEVICE = "/dev/data";

    @Test
    void theVolumeFollowsItsPodFromNodeToNode(Sandbox sandbox) {
        String follow = follow(sandbox);
        Node first = sandbox.node(0);
        Node second = sandbox.node(1);
        Node third = sandbox.node(2);
        sandbox.claim(ClaimRequest.named("data").ofClass(follow));
        Workload there = start(sandbox, "there", first);
        String volume = sandbox.volumeId("data");
        String checksum = there.writeRandom(Scene.FILE, MEBIBYTES);
        there.stop();

        Workload here = start(sandbox, "here", second);
        // Before the copying begins, so that the next move comes before its end.
        sandbox.hydration("data").pause(true);

        assertThat(here.checksum(Scene.FILE))
                .as("read through from the node it left")
                .isEqualTo(checksum);
        assertThat(sandbox.hydration("data").status().orElseThrow().origin()).satisfies(origin -> {
            assertThat(origin.kind()).isEqualTo(OriginKind.NODE);
            assertThat(origin.node()).isEqualTo(first.name());
        });
        assertThat(second.progress(volume).complete()).isFalse();
        String own = here.writeRandom("/data/own", 4);
        here.stop();

        Workload last = start(sandbox, "last", third);

        assertThat(last.checksum(Scene.FILE)).as("read through two nodes").isEqualTo(checksum);
        assertThat(last.checksum("/data/own")).isEqualTo(own);
        String late = last.writeRandom("/data/late", 4);
        sandbox.hydration("data").pause(false);
        sandbox.hydration("data").unlimit();
        sandbox.hydration("data").await(HydrationPhase.HYDRATED);
        third.dropCaches();
        assertThat(last.checksum(Scene.FILE)).as("once local").isEqualTo(checksum);
        assertThat(last.checksum("/data/own")).isEqualTo(own);
        assertThat(last.checksum("/data/late")).isEqualTo(late);
        assertThat(third.targets(volume)).containsOnly("linear");
        assertGone(volume, first, second);
    }

    /** A kubelet that stands still asks for nothing. */
    @Test
    void theVolumeIsOnItsWayBeforeItIsAskedForAndGoesOnWhenThatPodNeverStarted(Sandbox sandbox) {
        Node first = sandbox.node(0);
        Node second = sandbox.node(1);
        Node third = sandbox.node(2);
        sandbox.claim(ClaimRequest.named("data").ofClass(follow(sandbox)));
        Workload there = start(sandbox, "there", first);
        String volume = sandbox.volumeId("data");
        String checksum = there.writeRandom(Scene.FILE, 16);
        second.pauseKubelet();
        try {
            there.stop();
            Workload never = submit(sandbox, "never", second);
            await("the volume is where its pod is to start")
                    .atMost(TOLD)
                    .until(() -> sandbox.volume("data").spec().home().equals(second.name()));
            assertThat(sandbox.volume("data").answer(second))
                    .as("to a question nobody asked")
                    .isEmpty();
            never.stopByForce();
        } finally {
            second.resumeKubelet();
        }

        Workload here = start(sandbox, "here", third);
        assertThat(here.checksum(Scene.FILE)).isEqualTo(checksum);
        sandbox.hydration("data").unlimit();
        sandbox.hydration("data").await(HydrationPhase.HYDRATED);
        third.dropCaches();
        assertThat(here.checksum(Scene.FILE)).as("once local").isEqualTo(checksum);
        assertGone(volume, first, second);
    }

    /** Before: what it reads on the node it left goes over the wire and back, to the copy that was given up there. */
    @Test
    void aBlockVolumeComesHomeAgainBeforeAndAfterItIsHydrated(Sandbox sandbox) {
        String follow = sandbox.followClass();
        Node first = sandbox.node(0);
        Node second = sandbox.node(1);
        sandbox.claim(ClaimRequest.named("data").block().ofSize("64Mi").ofClass(follow));
        Workload there = withDevice(sandbox, "there", first);
        String volume = sandbox.volumeId("data");
        String written = there.writeRandom(DEVICE, 48);
        there.stop();

        Workload here = withDevice(sandbox, "here", second);
        sandbox.hydration("data").pause(true);
        assertThat(here.checksum(DEVICE)).isEqualTo(written);
        String changed = here.writeRandom(DEVICE, 16);
        here.stop();

        Workload home = withDevice(sandbox, "home", first);
        assertThat(first.progress(volume).complete()).isFalse();
        assertThat(home.checksum(DEVICE)).isEqualTo(changed).isNotEqualTo(written);
        String again = home.writeRandom(DEVICE, 4);
        sandbox.hydration("data").pause(false);
        sandbox.hydration("data").await(HydrationPhase.HYDRATED);
        first.dropCaches();
        assertThat(home.checksum(DEVICE)).as("once local").isEqualTo(again);
        assertThat(first.targets(volume)).containsOnly("linear");
        assertGone(volume, second);
        await("of the two copies at home only that is left which is open")
                .atMost(RELEASE)
                .untilAsserted(() ->
                        assertThat(first.sh("lvs --noheadings -o lv_name")).containsOnlyOnce(volume));
        home.stop();

        Workload last = withDevice(sandbox, "last", second);
        assertThat(last.checksum(DEVICE)).isEqualTo(again);
        sandbox.hydration("data").await(HydrationPhase.HYDRATED);
        second.dropCaches();
        assertThat(last.checksum(DEVICE)).isEqualTo(again);
        assertGone(volume, first);
    }

    /** It has no content until its first pod brings the key: there is nothing to copy then, and ciphertext afterwards. */
    @Test
    void anEncryptedVolumeMovesBeforeAndAfterItsFirstUse(Sandbox sandbox) {
        EncryptionKeys keys = EncryptionKeys.in(sandbox);
        String encrypted = keys.followingClass("encrypted", keys.secret("key", "correct horse"));
        sandbox.claim(ClaimRequest.named("data").ofClass(encrypted));
        String volume = sandbox.volumeId("data");
        Node second = away(sandbox, volume);

        Workload there = start(sandbox, "there", second);
        String checksum = there.writeRandom(Scene.FILE, 8);
        there.stop();
        Node third = away(sandbox, volume);
        Workload here = start(sandbox, "here", third);

        assertThat(here.checksum(Scene.FILE)).isEqualTo(checksum);
        sandbox.hydration("data").await(HydrationPhase.HYDRATED);
        third.dropCaches();
        assertThat(here.checksum(Scene.FILE)).isEqualTo(checksum);
        assertGone(volume, second);
    }

    private static Node away(Sandbox sandbox, String volume) {
        String home = sandbox.cluster()
                .client()
                .resources(Volume.class)
                .withName(volume)
                .get()
                .getSpec()
                .home();
        return sandbox.node(0).name().equals(home) ? sandbox.node(1) : sandbox.node(0);
    }

    static String follow(Sandbox sandbox) {
        return sandbox.storageClass(
                "follow",
                Sandbox.FIRST_CONSUMER,
                Map.of("placement", "Follow", "maxBytesPerSecond", Long.toString(Scene.SLOW)));
    }

    static Workload start(Sandbox sandbox, String pod, Node node) {
        return submit(sandbox, pod, node).awaitReady();
    }

    private static Workload withDevice(Sandbox sandbox, String pod, Node node) {
        return sandbox.start(PodRequest.named(pod).on(node.name()).withDevice("data", DEVICE));
    }

    static Workload submit(Sandbox sandbox, String pod, Node node) {
        return sandbox.submit(PodRequest.named(pod).on(node.name()).mounting("data", "/data"));
    }

    static void assertGone(String volume, Node... nodes) {
        await("what is left behind goes").atMost(RELEASE).untilAsserted(() -> {
            for (Node node : nodes) {
                assertThat(node.sh("lvs --noheadings -o lv_name")).doesNotContain(volume);
                assertThat(node.sh("dmsetup ls")).doesNotContain(Names.outerDevice(volume));
            }
        });
    }
}
