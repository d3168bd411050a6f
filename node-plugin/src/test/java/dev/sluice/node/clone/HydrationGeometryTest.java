package dev.sluice.node.clone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HydrationGeometryTest {
    private static final long GIB = 1L << 30;
    private static final long KIB = 1L << 10;

    @ParameterizedTest(name = "{0} GiB on chunks of {1} KiB: regions of {2} KiB, metadata of {3} MiB")
    @CsvSource({
        "1, 64, 64, 4",
        "1024, 64, 64, 8",
        "2048, 64, 128, 8",
        "65536, 64, 1024, 20",
        "65536, 512, 1024, 20",
        "100, 1024, 1024, 4",
        "100, 4096, 1024, 4",
        "1, 192, 128, 4",
    })
    void choosesByRule(long gib, long chunkKib, long regionKib, long metadataMib) {
        HydrationGeometry geometry = HydrationGeometry.choose(gib * GIB, chunkKib * KIB, 0);

        assertThat(geometry.regionBytes()).isEqualTo(regionKib * KIB);
        assertThat(geometry.metadataBytes(gib * GIB)).isEqualTo(metadataMib << 20);
    }

    @Test
    void aRegionThatIsAskedForWins() {
        assertThat(HydrationGeometry.choose(GIB, 64 * KIB, 4 * KIB).regionBytes())
                .isEqualTo(4 * KIB);
    }

    @Test
    void fourJobsOfFourMebibytesAreInFlight() {
        HydrationGeometry geometry = HydrationGeometry.of(64 * KIB);

        assertThat(geometry.batch() * geometry.regionBytes()).isEqualTo(4L << 20);
        assertThat(geometry.threshold()).isEqualTo(4 * geometry.batch());
    }

    @Test
    void metadataHoldsTwoBitmaps() {
        // 1 TiB in regions of 4 KiB has a bitmap of 32 MiB.
        assertThat(HydrationGeometry.of(4 * KIB).metadataBytes(1024 * GIB)).isEqualTo(68L << 20);
    }

    @Test
    void underALimitAQuarterOfASecondIsInFlight() {
        HydrationGeometry geometry = HydrationGeometry.of(64 << 10);

        assertThat(geometry.threshold(1 << 20)).isEqualTo(4);
        assertThat(geometry.threshold(1)).isOne();
        assertThat(geometry.threshold(Long.MAX_VALUE)).isEqualTo(geometry.threshold());
    }
}
