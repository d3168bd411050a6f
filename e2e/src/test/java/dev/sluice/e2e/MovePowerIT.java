package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Hydration;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.VolumeView;
import dev.sluice.e2e.fixture.Workload;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The node a volume comes from loses its power: before it has given the volume up, and after. */
@EndToEnd
@Order(EndToEnd.LAST)
@Execution(ExecutionMode.SAME_THREAD)
@NeedsLab("it cuts the power of the node a volume leaves")
class MovePowerIT {
    /** A node is known to be away when its lease is 40 s old. */
    private static final Duration TOLD = Duration.ofSeconds(90);

    private static final Duration MOVE = Duration.ofSeconds(180);
    private static final Duration WAITS = Duration.ofSeconds(5);
    private static final Duration READ = Duration.ofMinutes(6);

    @Test
    void aMoveWaitsForAHomeThatDiesBeforeItGivesTheVolumeUp(Sandbox sandbox) {
        Node first = sandbox.node(0);
        Node second = sandbox.node(1);
        sandbox.claim(ClaimRequest.named("data").ofClass(MoveIT.follow(sandbox)));
        Workload there = MoveIT.start(sandbox, "there", first);
        VolumeView volume = sandbox.volume("data");
        String checksum = there.writeRandom(Scene.FILE, 16);
        hold(first, volume);
        there.stop();
        Workload here = MoveIT.submit(sandbox, "here", second);
        awaitAnswer(volume, second, "InUse", "still open here");
        assertThat(volume.spec().target()).isEqualTo(second.name());
        sandbox.faults().kill(first.name());
        try {
            awaitAnswer(volume, second, "HomeAway", "that node is away");
            awaitEvent(sandbox, "MoveWaitsHomeAway: ");
            assertThat(volume.spec().home()).isEqualTo(first.name());
            assertThat(second.sh("lvs --noheadings -o lv_name"))
                    .as("nothing is made in its place")
                    .doesNotContain(volume.id());
        } finally {
            sandbox.faults().boot(first.name());
        }

        here.awaitReady(MOVE);

        assertThat(here.checksum(Scene.FILE)).isEqualTo(checksum);
        endsWhole(sandbox, volume, here, checksum);
    }

    @Test
    void whatIsStillOnAHomeThatDiesAfterwardsIsWaitedForAndNeverMadeUp(Sandbox sandbox) {
        Node first = sandbox.node(0);
        Node second = sandbox.node(1);
        sandbox.claim(ClaimRequest.named("data").ofClass(MoveIT.follow(sandbox)));
        Workload there = MoveIT.start(sandbox, "there", first);
        VolumeView volume = sandbox.volume("data");
        String checksum = there.writeRandom(Scene.FILE, Scene.ENOUGH_MEBIBYTES);
        there.stop();
        Workload here = MoveIT.start(sandbox, "here", second);
        // Before the copying begins: all of the file is on the node that dies.
        Hydration hydration = sandbox.hydration("data");
        hydration.pause(true);
        hydration.await(HydrationPhase.PAUSED);
        second.dropCaches();

        String read = readWhileItsNodeIsOff(sandbox, volume, here, hydration);

        assertThat(read).isEqualTo(checksum);
        hydration.pause(false);
        endsWhole(sandbox, volume, here, checksum);
    }

    private static String readWhileItsNodeIsOff(
            Sandbox sandbox, VolumeView volume, Workload here, Hydration hydration) {
        Node first = sandbox.node(0);
        sandbox.faults().kill(first.name());
        var reading = CompletableFuture.supplyAsync(() -> read(here), Thread::startVirtualThread);
        try {
            await("it is told that the origin is away")
                    .atMost(TOLD)
                    .until(() -> isToldOf(hydration.status().orElseThrow()));
            CloneHydrationStatus told = hydration.status().orElseThrow();
            assertThat(told.reason()).isIn("SourceUnreachable", "SourceLost");
            assertThat(told.hydratedBytes()).isLessThan(told.totalBytes());
            assertThat(told.remainingBytes()).isEqualTo(told.totalBytes() - told.hydratedBytes());
            assertThat(volume.isWhole()).isFalse();
            awaitEvent(sandbox, "HydrationStalled: the origin does not answer");
            await("the read waits, it does not fail")
                    .during(WAITS)
                    .atMost(WAITS.multipliedBy(2))
                    .until(() -> !reading.isDone());
        } finally {
            sandbox.faults().boot(first.name());
        }
        return reading.join();
    }

    /** It waits as long as the node is away. */
    private static String read(Workload pod) {
        String script = "sha256sum " + Scene.FILE;
        return pod.tryExec(READ, script).orFail(script).split(" ", 2)[0];
    }

    private static void awaitEvent(Sandbox sandbox, String beginning) {
        await("the event " + beginning)
                .atMost(TOLD)
                .until(() -> sandbox.events("data").stream().anyMatch(event -> event.startsWith(beginning)));
    }

    private static boolean isToldOf(CloneHydrationStatus status) {
        return status.phase() == HydrationPhase.STALLED || status.phase() == HydrationPhase.SOURCE_LOST;
    }

    private static void endsWhole(Sandbox sandbox, VolumeView volume, Workload here, String checksum) {
        Hydration hydration = sandbox.hydration("data");
        hydration.unlimit();
        hydration.await(HydrationPhase.HYDRATED);
        sandbox.node(1).dropCaches();
        assertThat(here.checksum(Scene.FILE)).as("once local").isEqualTo(checksum);
        assertThat(sandbox.node(1).targets(volume.id())).containsOnly("linear");
        MoveIT.assertGone(volume.id(), sandbox.node(0));
    }

    /** Keeps the device open as a process of the host would, so that its node cannot give it up. */
    private static void hold(Node node, VolumeView volume) {
        node.sh("setsid sh -c 'exec 3<%s; exec sleep 300' >/dev/null 2>&1 </dev/null &"
                .formatted(node.device(volume.id())));
    }

    private static void awaitAnswer(VolumeView volume, Node node, String reason, String words) {
        await("the pod waits for the reason " + reason)
                .atMost(TOLD)
                .untilAsserted(() -> assertThat(volume.answer(node)).hasValueSatisfying(answer -> {
                    assertThat(answer.reason()).isEqualTo(reason);
                    assertThat(answer.message()).contains(words);
                }));
    }
}
