package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The data path is in the kernel: no process of ours is needed for a read or a write. */
@EndToEnd
class RestartIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    /** Counts flushed writes in /tmp/count, and says in /tmp/broken when one failed. */
    private static final String WRITER = """
            (n=0; while [ ! -e /tmp/stop ]; do
              n=$((n + 1))
              { echo $n >/data/counter && dd if=/dev/zero of=/data/beat bs=4k count=1 conv=fsync 2>/dev/null; } || { echo $n >/tmp/broken; break; }
              echo $n >/tmp/count
            done) >/dev/null 2>&1 </dev/null &""";

    @Test
    void everyProcessMayDieWhileAVolumeHydrates(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);
        scene.copy().exec(WRITER);

        scene.home().killPlugin();
        assertWritesGoOn(scene);
        scene.origin().killPlugin();
        assertWritesGoOn(scene);
        sandbox.driver().controllers().forEach(sandbox.driver()::delete);
        assertWritesGoOn(scene);
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());

        sandbox.driver().awaitReady();
        assertThat(scene.home().progress(scene.volumeId()).complete()).isFalse();
        scene.hydration().await(HydrationPhase.HYDRATING);
        scene.finishHydration();
        scene.copy().exec("touch /tmp/stop; [ ! -e /tmp/broken ]");
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());
        assertThat(scene.home().targets(scene.volumeId())).containsOnly("linear");
    }

    private static void assertWritesGoOn(Scene scene) {
        int before = count(scene);
        await("more flushed writes")
                .atMost(SOON)
                .pollDelay(Duration.ZERO)
                .untilAsserted(() -> assertThat(count(scene)).isGreaterThan(before + 2));
    }

    private static int count(Scene scene) {
        String count = scene.copy().exec("[ ! -e /tmp/broken ] || exit 1; cat /tmp/count 2>/dev/null || echo 0");
        return count.isEmpty() ? 0 : Integer.parseInt(count);
    }
}
