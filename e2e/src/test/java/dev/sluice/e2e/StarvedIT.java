package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.HydrationHistory;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** dm-clone copies only in moments without any I/O. A pod that leaves none gets its clone whole all the same. */
@EndToEnd
@NeedsLab("it makes the way to the origin longer")
class StarvedIT {
    private static final int MEBIBYTES = 96;
    private static final long FLOOR = 8 * Scene.MEBIBYTE;

    /** On a way without any, I/O may be so short that it leaves the engine moments: how many depends on the machine. */
    private static final Duration DELAY = Duration.ofMillis(10);

    /** Readers of what has not arrived and writers, past the page cache; says in /tmp/broken when one failed. */
    private static final String LOAD = """
            on() { (while [ ! -e /tmp/stop ]; do "$@" || { echo "$@" >/tmp/broken; break; }; done) >/dev/null 2>&1 </dev/null & }
            for n in 1 2 3 4; do on dd if=/data/file of=/dev/null bs=64k iflag=direct; done
            for n in 1 2; do on dd if=/dev/zero of=/data/busy$n bs=4k count=256 conv=notrunc oflag=direct; done""";

    @Test
    void aPodThatNeverPausesDoesNotStarveItsClone(Sandbox sandbox) {
        // With the usual latencyBudget nothing would be copied beside the load at first, and so nothing starve.
        String floored = sandbox.storageClass(
                "floored",
                Sandbox.FIRST_CONSUMER,
                Map.of("minBytesPerSecond", Long.toString(FLOOR), "latencyBudget", "1000"));
        Node home = sandbox.node(1);
        sandbox.claim(ClaimRequest.named("source").ofClass(floored));
        Workload source = sandbox.start(
                PodRequest.named("source").on(sandbox.node(0).name()).mounting("source", "/data"));
        String checksum = source.writeRandom(Scene.FILE, MEBIBYTES);
        sandbox.claim(ClaimRequest.named("clone").ofClass(floored).cloneOf("source"));
        Workload clone = sandbox.start(PodRequest.named("clone").on(home.name()).mounting("clone", "/data"));

        // Copying begins some seconds after the pod.
        clone.exec(LOAD);
        try (var delay = sandbox.faults().delay(home.name(), DELAY);
                HydrationHistory history = sandbox.hydration("clone").watch()) {
            sandbox.hydration("clone").await(HydrationPhase.HYDRATED);

            history.assertHonest();
            assertThat(history.reasons()).contains("ForegroundIO");
            assertThat(history.phases()).doesNotContain(HydrationPhase.STALLED);
        }
        clone.exec("touch /tmp/stop; [ ! -e /tmp/broken ]");

        home.dropCaches();
        assertThat(clone.checksum(Scene.FILE)).isEqualTo(checksum);
        assertThat(home.targets(sandbox.volumeId("clone"))).containsOnly("linear");
    }
}
