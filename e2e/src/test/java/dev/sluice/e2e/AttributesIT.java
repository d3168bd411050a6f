package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.fixture.AttributesClasses;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A VolumeAttributesClass changes a volume while it is used. */
@EndToEnd
class AttributesIT {
    private static final Duration TOLD = Duration.ofSeconds(60);

    @Test
    void anotherClassLiftsALimitAtOnceAndAnUnknownKeyIsRefused(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);
        try (AttributesClasses classes = new AttributesClasses(sandbox)) {
            String wrong = classes.create("wrong", Map.of("colour", "blue"));
            String fast = classes.create("fast", Map.of("maxBytesPerSecond", "1Gi", "priority", "5"));

            classes.assign("clone", wrong);
            await("the claim says what is wrong with the class")
                    .atMost(TOLD)
                    .untilAsserted(() -> assertThat(String.join("\n", sandbox.events("clone")))
                            .containsPattern("VolumeModifyFailed: .*colour"));
            assertThat(scene.hydration().limit()).isEqualTo(Scene.SLOW);

            classes.assign("clone", fast);
            classes.awaitCurrent("clone", fast);
            scene.hydration().await(HydrationPhase.HYDRATED);
            assertThat(scene.hydration().limit()).isEqualTo(1L << 30);
            assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());
        }
    }
}
