package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.Attachment;
import dev.sluice.api.AttachmentStatus;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.OriginKind;
import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import dev.sluice.names.Names;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A volume of placement Follow goes where its pod goes. */
@EndToEnd
class MoveIT {
    private static final int MEBIBYTES = 64;
    private static final Duration RELEASE = Duration.ofSeconds(60);
    private static final Duration TOLD = Duration.ofSeconds(90);
    private static final String NUMBERS = "/data/numbers";

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
        sandbox.hydration("data").unlimit();
        sandbox.hydration("data").await(HydrationPhase.HYDRATED);
        third.dropCaches();
        assertThat(last.checksum(Scene.FILE)).as("once local").isEqualTo(checksum);
        assertThat(last.checksum("/data/own")).isEqualTo(own);
        assertThat(last.checksum("/data/late")).isEqualTo(late);
        assertThat(third.targets(volume)).containsOnly("linear");
        assertGone(volume, first, second);
    }

    @Test
    void aBlockVolumeComesHomeAgain(Sandbox sandbox) {
        String follow = sandbox.storageClass("follow", Sandbox.FIRST_CONSUMER, Map.of("placement", "Follow"));
        Node first = sandbox.node(0);
        Node second = sandbox.node(1);
        sandbox.claim(ClaimRequest.named("data").block().ofSize("64Mi").ofClass(follow));
        Workload there =
                sandbox.start(PodRequest.named("there").on(first.name()).withDevice("data", "/dev/data"));
        String volume = sandbox.volumeId("data");
        String checksum = there.writeRandom("/dev/data", 48);
        there.stop();

        Workload here = sandbox.start(PodRequest.named("here").on(second.name()).withDevice("data", "/dev/data"));
        assertThat(here.checksum("/dev/data", 48)).isEqualTo(checksum);
        String changed = here.writeRandom("/dev/data", 16);
        String whole = here.checksum("/dev/data", 64);
        sandbox.hydration("data").await(HydrationPhase.HYDRATED);
        here.stop();

        Workload home = sandbox.start(PodRequest.named("home").on(first.name()).withDevice("data", "/dev/data"));
        assertThat(home.checksum("/dev/data", 16)).isNotEqualTo(checksum);
        assertThat(changed).isNotEmpty();
        assertThat(home.checksum("/dev/data", 64)).isEqualTo(whole);
        sandbox.hydration("data").await(HydrationPhase.HYDRATED);
        first.dropCaches();
        assertThat(home.checksum("/dev/data", 64)).isEqualTo(whole);
        assertGone(volume, second);
    }

    /** The pod's object is gone, its process is not: only its node knows when it has ended. */
    @Test
    @NeedsLab("it cuts a node off")
    void aNodeThatIsCutOffKeepsTheVolumeUntilItsPodHasEnded(Sandbox sandbox) {
        String follow = follow(sandbox);
        Node first = sandbox.node(0);
        sandbox.claim(ClaimRequest.named("data").ofClass(follow));
        Workload there = start(sandbox, "there", first);
        String volume = sandbox.volumeId("data");
        there.exec("(i=0; while :; do i=$((i+1)); echo $i >>%s && sync; done) >/dev/null 2>&1 &".formatted(NUMBERS));
        String checksum = there.writeRandom(Scene.FILE, 16);
        int acknowledged;
        Workload here;
        sandbox.faults().cut(first.name());
        try {
            there.stopByForce();
            here = submit(sandbox, "here", sandbox.node(1));
            await("it is told why the pod waits")
                    .atMost(TOLD)
                    .untilAsserted(() -> assertThat(answer(sandbox, volume, sandbox.node(1)))
                            .hasValueSatisfying(answer -> assertThat(answer.message())
                                    .contains("in use on node " + first.name(), "that node is away")));
            assertThat(sandbox.events("data"))
                    .anyMatch(event -> event.startsWith(
                            "MoveWaitsInUse: a pod on node " + sandbox.node(1).name()));
            acknowledged = lastNumber(first, volume);
            assertThat(first.targets(volume)).containsOnly("linear");
        } finally {
            sandbox.faults().heal();
        }

        here.awaitReady();

        assertThat(here.checksum(Scene.FILE)).isEqualTo(checksum);
        int last = Integer.parseInt(here.exec("tail -n1 " + NUMBERS).strip());
        assertThat(last).as("nothing that was acknowledged is lost").isGreaterThanOrEqualTo(acknowledged);
        assertThat(here.exec("sort -n -u %s | wc -l".formatted(NUMBERS)).strip())
                .as("one writer only: no number twice, none missing")
                .isEqualTo(Integer.toString(last));
        sandbox.hydration("data").unlimit();
        sandbox.hydration("data").await(HydrationPhase.HYDRATED);
        assertGone(volume, first);
    }

    private static String follow(Sandbox sandbox) {
        return sandbox.storageClass(
                "follow",
                Sandbox.FIRST_CONSUMER,
                Map.of("placement", "Follow", "maxBytesPerSecond", Long.toString(Scene.SLOW)));
    }

    private static Workload start(Sandbox sandbox, String pod, Node node) {
        return submit(sandbox, pod, node).awaitReady();
    }

    private static Workload submit(Sandbox sandbox, String pod, Node node) {
        return sandbox.submit(PodRequest.named(pod).on(node.name()).mounting("data", "/data"));
    }

    private static Optional<AttachmentStatus> answer(Sandbox sandbox, String volume, Node node) {
        return Optional.ofNullable(sandbox.cluster()
                        .client()
                        .resources(Attachment.class)
                        .withName(Names.attachment(volume, node.name()))
                        .get())
                .map(Attachment::getStatus);
    }

    private static int lastNumber(Node node, String volume) {
        String device = node.device(volume);
        return Integer.parseInt(node.sh("tail -n1 $(findmnt -n -o TARGET %s | head -1)/numbers".formatted(device))
                .strip());
    }

    private static void assertGone(String volume, Node... nodes) {
        await("what is left behind goes").atMost(RELEASE).untilAsserted(() -> {
            for (Node node : nodes) {
                assertThat(node.sh("lvs --noheadings -o lv_name")).doesNotContain(volume);
                assertThat(node.sh("dmsetup ls")).doesNotContain(Names.outerDevice(volume));
            }
        });
    }
}
