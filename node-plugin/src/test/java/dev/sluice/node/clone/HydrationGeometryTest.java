package dev.sluice.node.clone;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HydrationGeometryTest {
    private static final long GIB = 1L << 30;
    private static final long KIB = 1L << 10;
    private static final long EXTENT = 4L << 20;
    private static final long MOST_REGIONS = 1L << 31;
    private static final long WARNED_METADATA = 16 * GIB;

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

    @ParameterizedTest(name = "round trip of {0} us: {1} jobs")
    @CsvSource({"0, 4", "300, 4", "1300, 4", "10300, 7", "20000, 10", "40000, 16", "500000, 16"})
    void aLongerWayHoldsMoreJobs(long micros, int jobs) {
        assertThat(HydrationGeometry.jobs(Duration.ofNanos(micros * 1000))).isEqualTo(jobs);
        assertThat(HydrationGeometry.of(64 * KIB, jobs).threshold()).isEqualTo(64 * jobs);
    }

    /** From one block to 64 TiB, chunks that a thin pool may have, and regions that a class may ask for. */
    @Test
    void theKernelTakesEveryVolumeUpToSixtyFourTebibytes() {
        for (long bytes = EXTENT;
                bytes <= 64L << 40;
                bytes = Math.min(bytes * 5 / 3, bytes + (1L << 40)) / EXTENT * EXTENT + EXTENT) {
            for (long chunk = 64 * KIB; chunk <= 1 << 20; chunk *= 2) {
                requireFit(bytes, HydrationGeometry.choose(bytes, chunk, 0));
            }
            for (long asked = 4 * KIB; asked <= 1 << 20; asked *= 2) {
                requireFit(bytes, HydrationGeometry.choose(bytes, 64 * KIB, asked));
            }
        }
        requireFit(64L << 40, HydrationGeometry.choose(64L << 40, 64 * KIB, 4 * KIB));
    }

    private static void requireFit(long bytes, HydrationGeometry geometry) {
        long region = geometry.regionBytes();
        long regions = Math.ceilDiv(bytes, region);
        assertThat(Long.bitCount(region)).isOne();
        assertThat(region).isBetween(4 * KIB, GIB);
        assertThat(regions).as("regions of %d bytes in %d", region, bytes).isLessThanOrEqualTo(MOST_REGIONS);
        assertThat(geometry.batch() * region).isEqualTo(4L << 20);
        assertThat(geometry.metadataBytes(bytes))
                .as("metadata for %d regions", regions)
                .isGreaterThanOrEqualTo(4096 * metadataBlocks(regions))
                .isLessThan(WARNED_METADATA);
    }

    /**
     * What dm-clone writes: the superblock, and twice, since what is committed is not written over, a bitmap in blocks of 509 words, a tree over
     * them with 126 entries a block when half full, and of 2 bits a block the map of free blocks with its own tree; its counts of references
     * are a tree too, of those blocks alone that two own.
     */
    private static long metadataBlocks(long regions) {
        long leaves = Math.ceilDiv(regions, 509 * 64);
        long tree = 0;
        for (long level = leaves; level > 1; level = Math.ceilDiv(level, 126)) {
            tree += Math.ceilDiv(level, 126);
        }
        long bitmap = leaves + tree;
        long spaceMap = Math.ceilDiv(2 * bitmap, 16_000) + 4;
        return 1 + 2 * (bitmap + spaceMap);
    }

    @Test
    void aRegionThatIsTooSmallForTheKernelGrows() {
        assertThat(HydrationGeometry.choose(8L << 40, 64 * KIB, 4 * KIB).regionBytes())
                .isEqualTo(4 * KIB);
        assertThat(HydrationGeometry.choose((8L << 40) + EXTENT, 64 * KIB, 4 * KIB)
                        .regionBytes())
                .isEqualTo(8 * KIB);
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
