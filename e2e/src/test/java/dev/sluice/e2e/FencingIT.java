package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.Attachment;
import dev.sluice.api.AttachmentStatus;
import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import dev.sluice.names.Names;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Two writers never exist, whatever the cluster believes of a node. */
@EndToEnd
@NeedsLab("it cuts a node off")
class FencingIT {
    private static final Duration TOLD = Duration.ofSeconds(90);
    private static final String NUMBERS = "/data/numbers";

    /** The pod's object is gone, its process is not: only its node knows when it has ended. */
    @Test
    void aNodeThatIsCutOffKeepsTheVolumeUntilItsPodHasEnded(Sandbox sandbox) {
        String follow = MoveIT.follow(sandbox);
        Node first = sandbox.node(0);
        sandbox.claim(ClaimRequest.named("data").ofClass(follow));
        Workload there = MoveIT.start(sandbox, "there", first);
        String volume = sandbox.volumeId("data");
        there.exec("(i=0; while :; do i=$((i+1)); echo $i >>%s && sync; done) >/dev/null 2>&1 &".formatted(NUMBERS));
        String checksum = there.writeRandom(Scene.FILE, 16);
        int acknowledged;
        Workload here;
        sandbox.faults().cut(first.name());
        try {
            there.stopByForce();
            here = MoveIT.submit(sandbox, "here", sandbox.node(1));
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
        MoveIT.assertGone(volume, first);
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
}
