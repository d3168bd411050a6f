package dev.sluice.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void tellsMedianAndSpread() {
        Samples<Milestone> samples = new Samples<>();
        for (double value : new double[] {5, 1, 3}) {
            samples.add(Map.of(Milestone.RUNNING, value));
        }

        assertThat(samples.median(Milestone.RUNNING)).isEqualTo(3);
        assertThat(samples.spread(Milestone.RUNNING)).isEqualTo("1.00 to 5.00");
    }

    @Test
    void aMilestoneNobodySawHasNoNumber() {
        assertThat(Samples.text(new Samples<Milestone>().median(Milestone.STAGING)))
                .isEqualTo("-");
    }
}
