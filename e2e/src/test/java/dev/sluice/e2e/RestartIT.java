package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Writer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** The data path is in the kernel: no process of ours is needed for a read or a write. */
@EndToEnd
@Order(EndToEnd.LAST)
class RestartIT {
    @Test
    void everyProcessMayDieWhileAVolumeHydrates(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);
        Writer writer = Writer.in(scene.copy());

        scene.home().killPlugin();
        writer.assertGoesOn();
        scene.origin().killPlugin();
        writer.assertGoesOn();
        sandbox.driver().controllers().forEach(sandbox.driver()::delete);
        writer.assertGoesOn();
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());

        sandbox.driver().awaitReady();
        assertThat(scene.home().progress(scene.volumeId()).complete()).isFalse();
        scene.hydration().await(HydrationPhase.HYDRATING);
        scene.finishHydration();
        writer.stop();
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());
        assertThat(scene.home().targets(scene.volumeId())).containsOnly("linear");
    }
}
