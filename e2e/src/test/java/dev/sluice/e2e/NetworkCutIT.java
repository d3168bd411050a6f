package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

@EndToEnd
@NeedsLab("it cuts the network between two nodes")
class NetworkCutIT {
    private static final Duration CUT = Duration.ofSeconds(3);

    @Test
    void aShortCutIsAStallAndNoError(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);

        sandbox.faults().cut(scene.origin().name(), scene.home().name());
        var reading = CompletableFuture.supplyAsync(() -> scene.copy().checksum(Scene.FILE));
        try {
            await("the read waits").during(CUT).atMost(CUT.multipliedBy(2)).until(() -> !reading.isDone());
        } finally {
            sandbox.faults().heal();
        }

        assertThat(reading.join()).isEqualTo(scene.checksum());
        scene.finishHydration();
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());
    }
}
