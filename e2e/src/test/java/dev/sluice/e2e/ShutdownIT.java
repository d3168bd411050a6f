package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.e2e.cluster.Faults;
import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** One after the other: they shut the same node down. */
@EndToEnd
@Order(EndToEnd.LAST)
@Execution(ExecutionMode.SAME_THREAD)
@NeedsLab("it shuts a node down")
class ShutdownIT {
    /** To write a part of a region the rest of it is needed: while the way to the origin is still there. */
    @Test
    void whatWasWrittenBeforeIsThereAfterwards(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);
        Faults faults = sandbox.faults();
        String container = scene.copy().containerId();
        scene.overwrite();
        String written = scene.copy().checksum(Scene.FILE);

        faults.halt(scene.home().name());
        faults.boot(scene.home().name());

        scene.copy().awaitAnotherContainerThan(container);
        assertThat(written).isNotEqualTo(scene.checksum());
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(written);
        scene.finishHydration();
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(written);
    }

    /** Its file system has something to write that needs the rest of a region, and a process waits for that. */
    @Test
    void aNodeGoesDownThoughAnOriginIsAway(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);
        Faults faults = sandbox.faults();
        scene.copy()
                .exec("echo confirmed >/data/confirmed && tail -c 4096 %s >/dev/null && sync".formatted(Scene.FILE));
        String container = scene.copy().containerId();

        faults.cut(scene.origin().name(), scene.home().name());
        try {
            scene.overwriteAndSync();
            await("it waits").until(() -> scene.home().inFlight(scene.volumeId()) > 0);
            faults.halt(scene.home().name());
        } finally {
            faults.heal();
        }
        faults.boot(scene.home().name());

        scene.copy().awaitAnotherContainerThan(container);
        assertThat(scene.copy().exec("cat /data/confirmed").strip()).isEqualTo("confirmed");
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());
        scene.finishHydration();
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());
    }
}
