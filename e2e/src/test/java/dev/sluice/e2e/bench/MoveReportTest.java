package dev.sluice.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MoveReportTest {
    @Test
    void tellsDifferencesRatiosAndWhetherTheBarsAreReached() {
        Map<MoveScenario, Samples<MoveMilestone>> samples = new EnumMap<>(MoveScenario.class);
        samples.put(MoveScenario.IDLE, running(2.0, 2.5, 3.0));
        samples.put(MoveScenario.SMALL, running(3.5, 3.75, 9.0));
        samples.put(MoveScenario.LARGE, running(4.0, 4.5, 5.0));

        String text = new MoveReport("a machine", "2026-01-01", 3, samples).markdown();

        assertThat(text)
                .contains("| a driver that does nothing | 2.50 | 2.00 to 3.00 |  |  |")
                .contains("| Sluice, 256 MiB | 3.75 | 3.50 to 9.00 | 1.25 | 1.50 |")
                .contains("| 256 MiB, later than on the driver that does nothing | 1.5 | 1.25 | reached |")
                .contains("| 4 GiB, later than on the driver that does nothing | 1.5 | 2.00 | **missed** |")
                .contains("| 4 GiB, later than 256 MiB | 0.5 | 0.75 | **missed** |")
                .contains("| a driver that does nothing | - | - | - | - | - | - | 2.50 |")
                .contains("Measured 2026-01-01 with a machine\n");
    }

    private static Samples<MoveMilestone> running(double... seconds) {
        Samples<MoveMilestone> samples = new Samples<>();
        for (double value : seconds) {
            samples.add(Map.of(MoveMilestone.RUNNING, value));
        }
        return samples;
    }
}
