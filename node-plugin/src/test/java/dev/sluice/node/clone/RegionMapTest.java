package dev.sluice.node.clone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** On metadata that Linux 6.1 has written. */
class RegionMapTest {
    /** 512 regions of 64 KiB, of which the origin could not read three. */
    private static final String SMALL = "clone-metadata.img.gz";
    /** 8,750,001 regions of 4 KiB, the last of them partial: their tree has more than one level. */
    private static final String LARGE = "clone-metadata-large.img.gz";

    private static byte[] image(String name) {
        try (InputStream stored = RegionMapTest.class.getResourceAsStream("/host/" + name);
                InputStream image = new GZIPInputStream(Objects.requireNonNull(stored))) {
            return image.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] block(byte[] image, long block) {
        int from = Math.toIntExact(block * RegionMap.BLOCK);
        return Arrays.copyOfRange(image, from, from + RegionMap.BLOCK);
    }

    private static RegionMap.Missing read(byte[] image, int most) {
        return RegionMap.missing(block -> block(image, block), most);
    }

    @Test
    void regionsThatAreNotLocalAreNamed() {
        assertThat(read(image(SMALL), 64)).isEqualTo(new RegionMap.Missing(65536, 3, List.of(5L, 200L, 201L)));
    }

    @Test
    void asManyAsAreAskedForAndAllAreCounted() {
        assertThat(read(image(SMALL), 2)).isEqualTo(new RegionMap.Missing(65536, 3, List.of(5L, 200L)));
    }

    @Test
    void aTreeOfSeveralLevels() {
        assertThat(read(image(LARGE), 64))
                .isEqualTo(new RegionMap.Missing(4096, 4, List.of(1001L, 4000000L, 8749999L, 8750000L)));
    }

    @Test
    void aByteThatIsAnotherIsNoticedWhereverItIs() {
        byte[] image = image(SMALL);
        long[] used = LongStream.range(0, image.length / RegionMap.BLOCK)
                .filter(block -> isRefused(image, block))
                .toArray();

        assertThat(used).as("superblock, node and words").hasSize(3).contains(0);
    }

    private static boolean isRefused(byte[] image, long damaged) {
        try {
            RegionMap.missing(
                    block -> {
                        byte[] content = block(image, block);
                        content[100] ^= block == damaged ? 1 : 0;
                        return content;
                    },
                    64);
            return false;
        } catch (SluiceException refused) {
            return refused.kind() == ErrorKind.HOST;
        }
    }

    @Test
    void whatWasNeverFormattedIsRefused() {
        assertThatThrownBy(() -> read(new byte[RegionMap.BLOCK], 64)).hasMessageContaining("superblock");
    }

    @Test
    void aCommitInBetweenIsReadAnew() {
        byte[] before = image(SMALL);
        byte[] after = image(LARGE);
        int[] reads = {0};

        RegionMap.Missing missing = RegionMap.missing(block -> block(++reads[0] > 2 ? after : before, block), 64);

        assertThat(missing.count()).isEqualTo(4);
    }

    @Test
    void metadataThatChangesAllTheTimeIsGivenUp() {
        byte[] one = image(SMALL);
        byte[] other = image(LARGE);
        int[] superblocks = {0};

        assertThatThrownBy(() -> RegionMap.missing(
                        block -> block(block == 0 && superblocks[0]++ % 2 == 0 ? one : other, block), 64))
                .isInstanceOfSatisfying(
                        SluiceException.class,
                        refused -> assertThat(refused.kind()).isEqualTo(ErrorKind.UNAVAILABLE));
    }
}
