package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Hydration;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** One after the other: what heals one cut heals all. */
@EndToEnd
@Execution(ExecutionMode.SAME_THREAD)
@NeedsLab("it cuts the network between two nodes")
class NetworkCutIT {
    private static final Duration CUT = Duration.ofSeconds(3);
    private static final Duration TOLD_WITHIN = Duration.ofSeconds(15);
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(30);

    @Test
    void aShortCutIsAStallAndNoError(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);

        sandbox.faults().cut(scene.origin().name(), scene.home().name());
        var reading = scene.reading();
        try {
            await("the read waits").during(CUT).atMost(CUT.multipliedBy(2)).until(() -> !reading.isDone());
        } finally {
            sandbox.faults().heal();
        }

        assertThat(reading.join()).isEqualTo(scene.checksum());
        scene.finishHydration();
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());
    }

    @Test
    void aSourceThatIsAwayIsToldSoonAndHoldsUpNoDeletion(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);
        String volume = scene.volumeId();

        sandbox.faults().cut(scene.origin().name(), scene.home().name());
        try {
            await("it is told").atMost(TOLD_WITHIN).until(() -> isToldOf(scene.hydration()));
            endCopy(scene);
            sandbox.deleteClaim("clone");
            DeletionIT.awaitGone(sandbox, scene.home(), volume);
        } finally {
            sandbox.faults().heal();
        }

        assertThat(scene.source().checksum(Scene.FILE)).isEqualTo(scene.checksum());
    }

    /** The rest of a region is needed to write a part of it: what no fsync has confirmed cannot be written any more. */
    @Test
    void oneThatHasSomethingToWriteHoldsUpNoDeletionEither(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);
        // What the file system must know of the file for a whole page to be written, and nothing of the page itself.
        scene.copy()
                .exec("echo confirmed >/data/confirmed && tail -c 4096 %s >/dev/null && sync".formatted(Scene.FILE));

        sandbox.faults().cut(scene.origin().name(), scene.home().name());
        try {
            scene.overwrite();
            // Before anyone has noticed: it must not wait for what has to be written, nor keep others from the volume.
            sandbox.snapshots().submit("asked", "clone");
            endCopy(scene);
            await("the device is let go, and what it cost is told")
                    .atMost(ENDS_WITHIN)
                    .until(() -> scene.hydration().condition("WritesLost").isPresent()
                            && scene.home().openCount(scene.volumeId()) == 0);
        } finally {
            sandbox.faults().heal();
        }

        Workload again =
                sandbox.start(PodRequest.named("again").on(scene.home().name()).mounting("clone", "/data"));
        assertThat(again.exec("cat /data/confirmed").strip()).isEqualTo("confirmed");
        assertThat(again.checksum(Scene.FILE)).isEqualTo(scene.checksum());
        scene.finishHydration();
        assertThat(again.checksum(Scene.FILE)).isEqualTo(scene.checksum());
        assertThat(scene.hydration().condition("WritesLost")).isPresent();
        sandbox.snapshots().awaitReady("asked");
        assertThat(scene.source().checksum(Scene.FILE)).isEqualTo(scene.checksum());
    }

    /** No signal ends a wait for I/O in the kernel. */
    @Test
    void aPodWhoseProcessWaitsForItEndsAllTheSame(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);
        String volume = scene.volumeId();
        scene.copy().exec("tail -c 4096 %s >/dev/null && sync".formatted(Scene.FILE));

        sandbox.faults().cut(scene.origin().name(), scene.home().name());
        try {
            scene.overwriteAndSync();
            await("it waits").until(() -> scene.home().inFlight(volume) > 0);
            endCopy(scene);
            sandbox.deleteClaim("clone");
            DeletionIT.awaitGone(sandbox, scene.home(), volume);
        } finally {
            sandbox.faults().heal();
        }

        assertThat(scene.source().checksum(Scene.FILE)).isEqualTo(scene.checksum());
    }

    /** Nor does one end a process of which one thread waits: the next node plugin would only come up with the origin. */
    @Test
    void aMountThatWaitsForItDoesNotKeepTheNodePluginFromBeingStartedAnew(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);
        // What a file system reads first would soon be here.
        scene.hydration().pause(true);
        endCopy(scene);
        await("it is unmounted").atMost(ENDS_WITHIN).until(() -> scene.home().openCount(scene.volumeId()) == 0);
        scene.home().dropCaches();
        String node = scene.home().name();

        sandbox.faults().cut(scene.origin().name(), node);
        Workload again;
        try {
            again = sandbox.submit(PodRequest.named("again").on(node).mounting("clone", "/data"));
            await("its mount waits")
                    .atMost(ENDS_WITHIN)
                    .until(() -> scene.home().inFlight(scene.volumeId()) > 0);

            scene.home().killPlugin();

            sandbox.claim(ClaimRequest.named("other"));
            sandbox.start(PodRequest.named("other").on(node).mounting("other", "/data"));
        } finally {
            sandbox.faults().heal();
        }

        assertThat(again.awaitReady().checksum(Scene.FILE)).isEqualTo(scene.checksum());
        scene.hydration().pause(false);
        scene.finishHydration();
        assertThat(again.checksum(Scene.FILE)).isEqualTo(scene.checksum());
    }

    private static void endCopy(Scene scene) {
        scene.copy().delete();
        await("the pod has ended").atMost(ENDS_WITHIN).until(() -> !scene.copy().exists());
    }

    private static boolean isToldOf(Hydration hydration) {
        CloneHydrationStatus status = hydration.status().orElseThrow();
        return "SourceUnreachable".equals(status.reason())
                && Objects.requireNonNull(status.conditions()).stream()
                        .anyMatch(condition -> condition.type().equals("SourceReachable")
                                && condition.status().equals("False"));
    }
}
