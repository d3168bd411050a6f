package dev.sluice.node.clone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.SluiceException;
import dev.sluice.node.host.TableLine;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloneStatusTest {
    @Test
    void readsARealLine() {
        // Printed by Linux 6.1 at the end of a hydration.
        CloneStatus status = parse("8 30/262144 8 262144/262144 0 0 4 hydration_threshold 1 hydration_batch_size 1 rw");

        assertThat(status).isEqualTo(new CloneStatus.Working(8, 262144, 262144, 0, true, 1, 1, false));
        assertThat(((CloneStatus.Working) status).complete()).isTrue();
    }

    @Test
    void readsFeaturesAndReadOnly() {
        CloneStatus status = parse(
                "8 30/1024 128 7/100 3 2 no_hydration no_discard_passdown 4 hydration_threshold 256 hydration_batch_size 64 ro");

        assertThat(status).isEqualTo(new CloneStatus.Working(128, 7, 100, 3, false, 256, 64, true));
    }

    @Test
    void completeNeedsWritableMetadataAndNothingInFlight() {
        assertThat(new CloneStatus.Working(128, 100, 100, 1, true, 1, 1, false).complete())
                .isFalse();
        assertThat(new CloneStatus.Working(128, 100, 100, 0, true, 1, 1, true).complete())
                .isFalse();
        assertThat(new CloneStatus.Working(128, 99, 100, 0, true, 1, 1, false).complete())
                .isFalse();
    }

    @Test
    void knowsTheTwoShortShapes() {
        assertThat(parse("Fail")).isEqualTo(new CloneStatus.Failed());
        assertThat(parse("Error")).isEqualTo(new CloneStatus.Unreadable());
    }

    @Test
    void refusesWhatItCannotRead() {
        assertThatThrownBy(() -> parse("8 30/1024 128 seven/100 3 0 0 rw"))
                .isInstanceOf(SluiceException.class)
                .hasMessageContaining("seven/100");
        assertThatThrownBy(() -> CloneStatus.parse(List.of(new TableLine(0, 8, "linear", ""))))
                .isInstanceOf(SluiceException.class)
                .hasMessageContaining("linear");
    }

    private static CloneStatus parse(String arguments) {
        return CloneStatus.parse(List.of(new TableLine(0, 2097152, "clone", arguments)));
    }
}
