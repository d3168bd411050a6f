package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Writer;
import dev.sluice.names.Names;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** A snapshot keeps a pod's writes waiting for a moment. A node plugin that dies in it leaves them so, and the next one ends it. */
@EndToEnd
@Order(EndToEnd.LAST)
@NeedsLab("it suspends devices and kills the node plugin")
class KilledInAPauseIT {
    /** The start of a node plugin, and what it does first. */
    private static final Duration NEXT_PLUGIN = Duration.ofSeconds(60);

    /** By itself the kernel would let go only long after the test. */
    private static final int HELD_MILLISECONDS = 600_000;

    @Test
    void theNextNodePluginLetsThePodsGoOn(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);
        Writer frozen = Writer.in(scene.copy());
        Writer held = Writer.in(scene.source());
        String outer = Names.outerDevice(scene.volumeId());
        String engine = Names.cloneDevice(scene.volumeId());
        String source = Names.outerDevice(sandbox.volumeId("source"));
        // Or the plugin that is about to die holds and resumes the same device for a copy's sake: a call that resumes
        // the upper of two while the lower is suspended waits for the lower, in the kernel, and so does the end of its
        // process.
        scene.hydration().pause(true);
        scene.hydration().await(HydrationPhase.PAUSED);

        // As the snapshot of a hydrating volume does, and as that of a group does; each ends on its node as by a power
        // cut of the process.
        killAfter(scene.home(), "dmsetup suspend %s && dmsetup suspend %s".formatted(outer, engine));
        killAfter(scene.origin(), hold(source));
        assertThat(suspended(scene.home(), outer)).isTrue();
        assertThat(suspended(scene.home(), engine)).isTrue();
        assertThat(scene.origin().targets(sandbox.volumeId("source"))).containsOnly("delay");
        int before = frozen.count();
        int heldBefore = held.count();

        await("the devices are resumed").atMost(NEXT_PLUGIN).until(() -> !suspended(scene.home(), outer));
        await("the writes are let go")
                .atMost(NEXT_PLUGIN)
                .until(() -> !scene.origin().targets(sandbox.volumeId("source")).contains("delay"));

        frozen.awaitMoreThan(before);
        held.awaitMoreThan(heldBefore);
        assertThat(suspended(scene.home(), engine)).isFalse();
        assertThat(scene.origin().targets(sandbox.volumeId("source"))).containsOnly("linear");
        scene.hydration().pause(false);
        scene.finishHydration();
        frozen.stop();
        held.stop();
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());
        assertThat(scene.source().checksum(Scene.FILE)).isEqualTo(scene.checksum());
    }

    /** In one command: what is suspended must not be found by the plugin that is about to die. */
    private static void killAfter(Node node, String script) {
        node.sh(script + " && " + Node.KILL_PLUGIN);
    }

    /** Gives each line of the device's table a delay for writes, as WriteHolds does. */
    private static String hold(String device) {
        return ("dmsetup table %1$s | awk '{print $1, $2, \"delay\", $4, $5, 0, $4, $5, %2$d, $4, $5, 0}'"
                        + " | dmsetup load %1$s && dmsetup suspend --noflush --nolockfs %1$s && dmsetup resume --noudevsync %1$s")
                .formatted(device, HELD_MILLISECONDS);
    }

    private static boolean suspended(Node node, String device) {
        return node.sh("dmsetup info -c --noheadings -o suspended " + device)
                .strip()
                .equals("Suspended");
    }
}
