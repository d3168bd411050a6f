package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.node.host.Pool;
import dev.sluice.node.host.PoolSettings;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PoolGuardTest {
    private static final long GIB = 1L << 30;
    private static final long SIZE = 100 * GIB;
    private static final long RESERVE = 5 * GIB;

    private Pool pool = with(0, 1);
    private final PoolGuard guard = new PoolGuard(name -> Optional.of(pool));
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private int looks;

    private static Pool with(long usedBytes, int metadataPercent) {
        return new Pool(new PoolSettings("fast", "data", "pool"), "vg", SIZE, usedBytes, metadataPercent, 64 << 10, 0);
    }

    private String missing() {
        now = now.plusSeconds(3);
        HydrationLimit missing = guard.missing("fast", now);
        return missing == null ? "" : missing.message();
    }

    @Test
    void theReserveIsATwentiethAndNoMoreThanEightGibibytes() {
        assertThat(PoolGuard.reserve(SIZE)).isEqualTo(RESERVE);
        assertThat(PoolGuard.reserve(1L << 44)).isEqualTo(8 * GIB);
    }

    @Test
    void copyingStopsBelowTheReserveAndGoesOnWithAQuarterMore() {
        pool = with(SIZE - RESERVE, 1);
        assertThat(missing()).isEmpty();

        pool = with(SIZE - RESERVE + 1, 1);
        assertThat(missing()).contains("pool fast", (RESERVE - 1) + " bytes free", "lvextend");

        pool = with(SIZE - RESERVE - RESERVE / 4 + 1, 1);
        assertThat(missing()).isNotEmpty();

        pool = with(SIZE - RESERVE - RESERVE / 4, 1);
        assertThat(missing()).isEmpty();
    }

    @Test
    void aFullPoolSaysThatPodsWaitToo() {
        pool = with(SIZE, 1);

        assertThat(missing()).contains("0 bytes free", "that waits now too");
    }

    @Test
    void metadataIsGuardedAsWell() {
        pool = with(0, 90);
        assertThat(missing()).contains("metadata of pool fast", "90 %");

        pool = with(0, 86);
        assertThat(missing()).isNotEmpty();

        pool = with(0, 84);
        assertThat(missing()).isEmpty();
    }

    @Test
    void oneLookServesAllVolumesOfThePoolForAMoment() {
        PoolGuard counted = new PoolGuard(name -> {
            looks++;
            return Optional.of(pool);
        });
        for (int volume = 0; volume < 500; volume++) {
            counted.missing("fast", now);
        }
        counted.missing("fast", now.plusMillis(1900));
        assertThat(looks).isOne();

        counted.missing("fast", now.plusSeconds(2));
        assertThat(looks).isEqualTo(2);
    }

    @Test
    void aPoolThatCannotBeSeenStopsNothing() {
        assertThat(new PoolGuard(name -> Optional.empty()).missing("fast", now)).isNull();
    }
}
