package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.node.clone.CloneStatus;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StandstillTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Standstill standstill = new Standstill(START);
    private long read;

    @Test
    void anEngineThatBeginsNoCopyIsKeptByThePodsIo() {
        read = 7;
        assertThat(look(0, 5, 0)).isEmpty();
        read = 1L << 30;
        assertThat(look(30, 5, 0)).isEmpty();
        assertThat(look(60, 5, 0)).isEmpty();

        assertThat(look(61, 5, 0)).hasValue(Standstill.Cause.FOREGROUND_IO);
    }

    @Test
    void copiesForWhichNothingComesWaitForTheOrigin() {
        look(0, 5, 8);
        look(40, 5, 8);

        assertThat(look(61, 5, 8)).hasValue(Standstill.Cause.SOURCE_SLOW);
    }

    @Test
    void copiesThatReadAndGetNothingDoneFail() {
        look(0, 5, 8);
        look(40, 5, 0);
        read += 1L << 20;

        assertThat(look(61, 5, 0)).hasValue(Standstill.Cause.REGION_ERRORS);
    }

    @Test
    void oneRegionMoreBeginsTheTimeAnew() {
        look(0, 5, 0);
        look(50, 6, 0);

        assertThat(look(100, 6, 0)).isEmpty();
        assertThat(look(111, 6, 0)).hasValue(Standstill.Cause.FOREGROUND_IO);
    }

    @Test
    void aTimeInWhichNothingShouldComeDoesNotCount() {
        look(0, 5, 0);
        standstill.reset(START.plusSeconds(3600));

        assertThat(look(3630, 5, 0)).isEmpty();
    }

    private Optional<Standstill.Cause> look(long second, long hydrated, long hydrating) {
        CloneStatus.Working engine = new CloneStatus.Working(128, hydrated, 100, hydrating, true, 64, 16, false);
        return standstill.look(START.plusSeconds(second), engine, () -> read);
    }
}
