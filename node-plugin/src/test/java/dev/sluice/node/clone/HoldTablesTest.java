package dev.sluice.node.clone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.node.host.TableLine;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HoldTablesTest {
    private static final List<TableLine> LINEAR =
            List.of(new TableLine(0, 2048, "linear", "253:3 0"), new TableLine(2048, 1024, "linear", "253:4 2048"));

    @Test
    void onlyWritesAreHeldAndTheTableComesBack() {
        List<TableLine> held = HoldTables.held(LINEAR, Duration.ofSeconds(8));

        // As Linux 6.1 prints it for the live table.
        assertThat(held.getFirst()).hasToString("0 2048 delay 253:3 0 0 253:3 0 8000 253:3 0 0");
        assertThat(held.getLast()).hasToString("2048 1024 delay 253:4 2048 0 253:4 2048 8000 253:4 2048 0");
        assertThat(HoldTables.isHeld(held)).isTrue();
        assertThat(HoldTables.released(held)).isEqualTo(LINEAR);
        assertThat(HoldTables.held(held, Duration.ofSeconds(8))).isEqualTo(held);
    }

    @Test
    void othersAreLeftAlone() {
        List<TableLine> engine = List.of(new TableLine(0, 2048, "clone", "253:1 253:2 253:3 128"));

        assertThat(HoldTables.fits(engine)).isFalse();
        assertThat(HoldTables.fits(List.of())).isFalse();
        assertThat(HoldTables.fits(LINEAR)).isTrue();
        assertThat(HoldTables.isHeld(engine)).isFalse();
        assertThat(HoldTables.released(engine)).isEqualTo(engine);
    }
}
