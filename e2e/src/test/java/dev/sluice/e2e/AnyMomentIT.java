package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Killer;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Seed;
import dev.sluice.e2e.fixture.Workload;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Every process dies again and again, at any moment of every operation; in the end all is as if none had. */
@EndToEnd
@Order(EndToEnd.LAST)
@EnabledIfEnvironmentVariable(
        named = "SLUICE_SOAK",
        matches = ".+",
        disabledReason = "a soak: SLUICE_SOAK=1 runs it too")
@NeedsLab("it kills the driver's processes, which another kubelet would soon be slow to start again")
class AnyMomentIT {
    /** Kubernetes asks again after pauses that grow with each failure. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final int MEBIBYTES = 16;

    /** A clone is no smaller than its source, which grows meanwhile. */
    private static final String LARGER = "768Mi";

    @Test
    void whatWasAskedForIsThereInTheEndWhoeverDiedOnTheWay(Sandbox sandbox) {
        Node first = sandbox.node(0);
        Node second = sandbox.node(1);
        Killer killer = Killer.of(sandbox, List.of(first, second), Seed.ofThisRun());

        sandbox.claim(ClaimRequest.named("one"));
        sandbox.claim(ClaimRequest.named("two"));
        Workload one = sandbox.submit(PodRequest.named("one").on(first.name()).mounting("one", "/data"));
        Workload two = sandbox.submit(PodRequest.named("two").on(second.name()).mounting("two", "/data"));
        String dataOfOne = one.awaitReady().writeRandom(Scene.FILE, MEBIBYTES);
        String dataOfTwo = two.awaitReady().writeRandom(Scene.FILE, MEBIBYTES);

        // Made before anyone dies: external-provisioner forgets a claim that is deleted while it is provisioned, when
        // it dies itself.
        sandbox.claim(ClaimRequest.named("unwanted").ofSize(LARGER).cloneOf("two"));
        Workload unwanted =
                sandbox.submit(PodRequest.named("unwanted").on(first.name()).mounting("unwanted", "/data"));
        sandbox.awaitBound("unwanted");

        sandbox.snapshots().submit("early", "one");
        sandbox.claim(ClaimRequest.named("restored").restoredFrom("early"));
        sandbox.claim(ClaimRequest.named("empty"));
        sandbox.claim(ClaimRequest.named("one-here").cloneOf("one"));
        sandbox.claim(ClaimRequest.named("one-there").cloneOf("one"));
        sandbox.claim(ClaimRequest.named("two-here").ofSize(LARGER).cloneOf("two"));
        Workload here = sandbox.submit(PodRequest.named("here")
                .on(first.name())
                .mounting("one-here", "/one")
                .mounting("two-here", "/two")
                .mounting("empty", "/empty"));
        Workload there = sandbox.submit(PodRequest.named("there")
                .on(second.name())
                .mounting("one-there", "/one")
                .mounting("restored", "/restored"));
        sandbox.resize("two", LARGER);
        killer.killEach(1);
        unwanted.delete();
        sandbox.deleteClaim("unwanted");
        killer.killEach(1);

        requireData(here.awaitReady(PATIENCE), dataOfOne, "/one/file");
        requireData(here, dataOfTwo, "/two/file");
        requireData(there.awaitReady(PATIENCE), dataOfOne, "/one/file");
        requireData(there, dataOfOne, "/restored/file");
        String fresh = here.writeRandom("/empty/file", MEBIBYTES);
        String own = there.writeRandom("/one/own", MEBIBYTES);
        for (String clone : List.of("one-here", "one-there", "two-here", "restored")) {
            sandbox.hydration(clone).await(HydrationPhase.HYDRATED);
        }
        sandbox.awaitSize("two", LARGER);
        first.dropCaches();
        second.dropCaches();
        requireData(one, dataOfOne, Scene.FILE);
        requireData(two, dataOfTwo, Scene.FILE);
        requireData(here, dataOfOne, "/one/file");
        requireData(here, dataOfTwo, "/two/file");
        requireData(there, dataOfOne, "/one/file");
        requireData(there, own, "/one/own");
        requireData(there, dataOfOne, "/restored/file");
        requireData(here, fresh, "/empty/file");
    }

    private static void requireData(Workload pod, String checksum, String file) {
        assertThat(pod.checksum(file)).as(file).isEqualTo(checksum);
    }
}
