package dev.sluice.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class EngineProgressTest {
    @Test
    void readsALineOfTheKernel() {
        EngineProgress progress = EngineProgress.parse(
                "0 2097152 clone 8 30/262144 8 1000/262144 0 0 4 hydration_threshold 1 hydration_batch_size 1 rw\n");

        assertThat(progress).isEqualTo(new EngineProgress(4096, 1000, 262144));
        assertThat(progress.hydratedBytes()).isEqualTo(4_096_000);
        assertThat(progress.complete()).isFalse();
    }

    @Test
    void refusesTheStatusOfABrokenDevice() {
        assertThatIllegalArgumentException().isThrownBy(() -> EngineProgress.parse("0 2097152 clone Fail"));
    }
}
