package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.SluiceException;
import dev.sluice.node.host.ByteRange;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UsedMapTest {
    private static final long SIZE = 20L << 30;

    @Test
    void saysWhatIsUsedAndWhatIsNot() {
        UsedMap map = parsed(List.of(new ByteRange(64 << 10, 64 << 10), new ByteRange(SIZE - 4096, 4096)));

        assertThat(map.isUsed(0)).isFalse();
        assertThat(map.isUsed(64 << 10)).isTrue();
        assertThat(map.isUsed((128 << 10) - 1)).isTrue();
        assertThat(map.isUsed(128 << 10)).isFalse();
        assertThat(map.isUsed(SIZE - 1)).isTrue();
        assertThat(map.isUsed(SIZE - (64 << 10) - 1)).isFalse();
    }

    @Test
    void aGranuleIsUsedWhenAnyPartOfItIs() {
        UsedMap map = parsed(List.of(new ByteRange((64 << 10) - 4096, 8192)));

        assertThat(map.isUsed(0)).isTrue();
        assertThat(map.isUsed(64 << 10)).isTrue();
        assertThat(map.isUsed(128 << 10)).isFalse();
    }

    @Test
    void theMapOfALargeVolumeIsNoLargerAndToldCoarsely() {
        long size = 64L << 40;
        UsedMap map = UsedMap.of(size, List.of(new ByteRange(40L << 40, 4096), new ByteRange(size - 4096, 4096)));

        UsedMap told = UsedMap.parse(map.print("uid", 1), "uid", 1, size);

        for (UsedMap each : List.of(map, told)) {
            assertThat(each.isUsed((40L << 40) - 1)).isFalse();
            assertThat(each.isUsed(40L << 40)).isTrue();
            assertThat(each.isUsed((40L << 40) + (4 << 20))).isFalse();
            assertThat(each.isUsed(size - 1)).isTrue();
        }
    }

    @Test
    void nothingUsedIsALittleText() {
        assertThat(UsedMap.of(SIZE, List.of()).print("uid", 1)).hasSizeLessThan(512);
        assertThat(parsed(List.of()).isUsed(SIZE / 2)).isFalse();
    }

    /** A thin pool's chunk may be no power of two, and larger than what is to be copied. */
    @Test
    void whatLiesBeyondTheEndIsOfNoInterest() {
        UsedMap map = UsedMap.of(1 << 20, List.of(new ByteRange(960 << 10, 192 << 10), new ByteRange(2 << 20, 4096)));

        assertThat(map.isUsed((1 << 20) - 1)).isTrue();
        assertThat(map.isUsed(896 << 10)).isFalse();
    }

    @Test
    void whatDoesNotFitIsToldCoarselyAndNeverAsUnused() {
        long size = 1L << 40;
        Random random = new Random(1);
        List<ByteRange> scattered = new ArrayList<>();
        for (long offset = 0; offset < size; offset += 1 << 20) {
            if (random.nextInt(3) == 0) {
                scattered.add(new ByteRange(offset + random.nextInt(16) * (64L << 10), 64 << 10));
            }
        }

        String text = UsedMap.of(size, scattered).print("uid", 1);
        UsedMap map = UsedMap.parse(text, "uid", 1, size);

        assertThat(text).hasSizeLessThan(72 << 10);
        assertThat(scattered).allMatch(range -> map.isUsed(range.offset()));
    }

    @Test
    void randomLayoutsComeBackAsTheyWere() {
        Random random = new Random(7);
        for (int each = 0; each < 50; each++) {
            long size = (1 + random.nextInt(64)) * (4L << 20);
            List<ByteRange> ranges = new ArrayList<>();
            long offset = 0;
            while (offset < size) {
                long bytes = (1 + random.nextInt(40)) * (64L << 10);
                if (random.nextBoolean()) {
                    ranges.add(new ByteRange(offset, bytes));
                }
                offset += bytes;
            }
            UsedMap map = UsedMap.parse(UsedMap.of(size, ranges).print("uid", 3), "uid", 3, size);
            for (long at = 0; at < size; at += 4096) {
                long block = at;
                assertThat(map.isUsed(at))
                        .isEqualTo(ranges.stream().anyMatch(range -> range.offset() <= block && block < range.end()));
            }
        }
    }

    @Test
    void aMapOfAnythingElseIsRefused() {
        String text = UsedMap.of(SIZE, List.of()).print("uid", 2);

        assertThatThrownBy(() -> UsedMap.parse(text, "other", 2, SIZE)).isInstanceOf(SluiceException.class);
        assertThatThrownBy(() -> UsedMap.parse(text, "uid", 3, SIZE)).isInstanceOf(SluiceException.class);
        assertThatThrownBy(() -> UsedMap.parse(text, "uid", 2, 2 * SIZE)).isInstanceOf(SluiceException.class);
    }

    @Test
    void aDamagedMapIsRefused() {
        byte[] bytes = Base64.getDecoder()
                .decode(UsedMap.of(SIZE, List.of(new ByteRange(0, 4096))).print("uid", 2));
        for (int at = 0; at < bytes.length; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 1;
            String text = Base64.getEncoder().encodeToString(damaged);
            assertThatThrownBy(() -> UsedMap.parse(text, "uid", 2, SIZE)).isInstanceOf(SluiceException.class);
        }
        assertThatThrownBy(() -> UsedMap.parse("", "uid", 2, SIZE)).isInstanceOf(SluiceException.class);
        assertThatThrownBy(() -> UsedMap.parse("none", "uid", 2, SIZE)).isInstanceOf(SluiceException.class);
        assertThatThrownBy(() -> UsedMap.parse("?", "uid", 2, SIZE)).isInstanceOf(SluiceException.class);
    }

    private static UsedMap parsed(List<ByteRange> ranges) {
        return UsedMap.parse(UsedMap.of(SIZE, ranges).print("uid", 2), "uid", 2, SIZE);
    }
}
