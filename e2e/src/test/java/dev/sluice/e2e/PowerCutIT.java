package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@EndToEnd
@Execution(ExecutionMode.SAME_THREAD)
@NeedsLab("it cuts the power of one node")
class PowerCutIT {
    private static final Duration STALLED = Duration.ofSeconds(5);
    private static final int REBOOT_SECONDS = 180;

    @Test
    void theDestinationGoesOnWhereItWas(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.MORE_MEBIBYTES);
        String flushed = scene.copy().writeRandom("/data/flushed", 4);
        scene.copy().exec("sync");
        String container = scene.copy().containerId();

        sandbox.faults().kill(scene.home().name());
        sandbox.faults().boot(scene.home().name());
        scene.copy().awaitAnotherContainerThan(container);

        assertThat(scene.copy().checksum("/data/flushed"))
                .as("flushed before the cut")
                .isEqualTo(flushed);
        assertThat(scene.copy().checksum(Scene.FILE)).as("read through").isEqualTo(scene.checksum());
        scene.finishHydration();
        assertThat(scene.copy().checksum(Scene.FILE)).as("once local").isEqualTo(scene.checksum());
        assertThat(scene.copy().checksum("/data/flushed")).isEqualTo(flushed);
        assertThat(scene.home().targets(scene.volumeId())).containsOnly("linear");
    }

    @Test
    void readsWaitForTheOriginAndGoOnWhenItIsBack(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.MORE_MEBIBYTES);
        String container = scene.source().containerId();

        sandbox.faults().kill(scene.origin().name());
        var reading = CompletableFuture.supplyAsync(() -> scene.copy().checksum(Scene.FILE));
        try {
            await("the read waits, it does not fail")
                    .during(STALLED)
                    .atMost(STALLED.plusSeconds(5))
                    .until(() -> !reading.isDone());
        } finally {
            sandbox.faults().boot(scene.origin().name());
        }

        assertThat(reading.orTimeout(REBOOT_SECONDS, TimeUnit.SECONDS).join()).isEqualTo(scene.checksum());
        scene.source().awaitAnotherContainerThan(container);
        scene.finishHydration();
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());
        assertThat(scene.source().checksum(Scene.FILE)).isEqualTo(scene.checksum());
    }
}
