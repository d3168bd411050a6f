package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.fixture.AttributesClasses;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a user asks of a hydration is obeyed within 5 s; the kernel is the witness. */
@EndToEnd
@Execution(ExecutionMode.SAME_THREAD)
class BudgetIT {
    private static final int MEBIBYTES = 256;
    private static final long LIMIT = 8 * Scene.MEBIBYTE;
    private static final Duration TOLD = Duration.ofSeconds(60);
    private static final Duration OBEYED = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int LOOKS = 4;
    /** Long beside the bursts a limit is made of. */
    private static final Duration MEASURED = Duration.ofSeconds(10);

    @Test
    void pauseAndRateAreObeyed(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", MEBIBYTES);
        // What is skipped is no matter of rates, and is counted at once just before the copying begins.
        await("copying begins")
                .atMost(TOLD)
                .until(() -> scene.hydration()
                        .status()
                        .map(CloneHydrationStatus::reason)
                        .filter("Budget"::equals)
                        .isPresent());

        scene.hydration().pause(true);
        awaitStandstill(scene);
        scene.hydration().await(HydrationPhase.PAUSED);

        scene.hydration().limit(LIMIT);
        scene.hydration().pause(false);
        long stopped = hydratedBytes(scene);
        await("hydration goes on").atMost(OBEYED).pollInterval(LOOK).until(() -> hydratedBytes(scene) > stopped);
        assertThat(bytesPerSecond(scene)).isBetween(LIMIT / 4, LIMIT * 2);

        scene.finishHydration();
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());
    }

    /** A VolumeAttributesClass changes a volume while it is used. */
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

    /** It stood still for the last looks, and these end soon enough for it to have stopped in time. */
    private static void awaitStandstill(Scene scene) {
        Deque<Long> last = new ArrayDeque<>();
        await("hydration stands still")
                .atMost(OBEYED.plus(LOOK.multipliedBy(LOOKS)))
                .pollInterval(LOOK)
                .until(() -> {
                    last.addLast(hydratedBytes(scene));
                    if (last.size() > LOOKS) {
                        last.removeFirst();
                    }
                    return last.size() == LOOKS && last.stream().distinct().count() == 1;
                });
    }

    private static long bytesPerSecond(Scene scene) {
        long begin = System.nanoTime();
        long before = hydratedBytes(scene);
        await().pollDelay(MEASURED).atMost(MEASURED.multipliedBy(2)).until(() -> true);
        double seconds = (System.nanoTime() - begin) / 1e9;
        return Math.round((hydratedBytes(scene) - before) / seconds);
    }

    private static long hydratedBytes(Scene scene) {
        return scene.home().progress(scene.volumeId()).hydratedBytes();
    }
}
