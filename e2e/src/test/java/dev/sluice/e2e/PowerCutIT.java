package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.e2e.cluster.Faults;
import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@EndToEnd
@Order(EndToEnd.LAST)
@NeedsLab("it cuts the power of one node")
class PowerCutIT {
    private static final Duration STALLED = Duration.ofSeconds(5);
    private static final int REBOOT_SECONDS = 180;

    /** More than is copied in the time of two reboots. */
    private static final int MEBIBYTES = 256;

    /** One after the other: the node with the clone, and then the node its data comes from. */
    @Test
    void theDestinationGoesOnWhereItWasAndReadsWaitForTheOrigin(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", MEBIBYTES);
        String flushed = scene.copy().writeRandom("/data/flushed", 4);
        scene.copy().exec("sync");

        cutDestination(scene);

        assertThat(scene.copy().checksum("/data/flushed"))
                .as("flushed before the cut")
                .isEqualTo(flushed);
        assertThat(scene.copy().checksum(Scene.FILE)).as("read through").isEqualTo(scene.checksum());
        scene.home().dropCaches();
        assertThat(scene.home().progress(scene.volumeId()).complete()).isFalse();

        assertThat(checksumReadWhileTheOriginIsCut(scene)).isEqualTo(scene.checksum());

        scene.finishHydration();
        assertThat(scene.copy().checksum(Scene.FILE)).as("once local").isEqualTo(scene.checksum());
        assertThat(scene.copy().checksum("/data/flushed")).isEqualTo(flushed);
        assertThat(scene.home().targets(scene.volumeId())).containsOnly("linear");
        assertThat(scene.source().checksum(Scene.FILE)).isEqualTo(scene.checksum());
    }

    private static void cutDestination(Scene scene) {
        Faults faults = scene.sandbox().faults();
        String container = scene.copy().containerId();
        faults.kill(scene.home().name());
        faults.boot(scene.home().name());
        scene.copy().awaitAnotherContainerThan(container);
    }

    private static String checksumReadWhileTheOriginIsCut(Scene scene) {
        Faults faults = scene.sandbox().faults();
        String container = scene.source().containerId();
        faults.kill(scene.origin().name());
        var reading = scene.reading();
        try {
            await("the read waits, it does not fail")
                    .during(STALLED)
                    .atMost(STALLED.plusSeconds(5))
                    .until(() -> !reading.isDone());
        } finally {
            faults.boot(scene.origin().name());
        }
        String checksum = reading.orTimeout(REBOOT_SECONDS, TimeUnit.SECONDS).join();
        scene.source().awaitAnotherContainerThan(container);
        return checksum;
    }
}
