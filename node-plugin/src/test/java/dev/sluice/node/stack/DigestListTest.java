package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DigestListTest {
    private static final long GIBIBYTE = 1L << 30;

    private final DigestList list = new DigestList("uid", 3, GIBIBYTE + 4096);

    @Test
    void everyChunkHasItsPlaceAndTheLastMayBeShort() {
        long chunks = 16384 + 1;
        assertThat(list.chunkBytes()).isEqualTo(64 << 10);
        assertThat(list.pages()).isEqualTo(130);
        assertThat(list.bytes()).isEqualTo(131 * 4096);
        assertThat(list.firstChunkOf(129) + list.chunksOf(129)).isEqualTo(chunks);
        assertThat(list.lengthOf(chunks - 2)).isEqualTo(64 << 10);
        assertThat(list.lengthOf(chunks - 1)).isEqualTo(4096);
        assertThat(new DigestList("uid", 3, 1024 * GIBIBYTE).bytes()).isLessThan(64L << 20);
    }

    @Test
    void aPageIsNoOtherPageAndNoPageOfAnotherList() {
        byte[] hash = DigestList.hash("content".getBytes(StandardCharsets.UTF_8));
        byte[] page = list.seal(1, List.of(hash));

        assertThatCode(() -> list.verify(1, page)).doesNotThrowAnyException();
        assertThat(DigestList.has(page, 0, hash)).isTrue();
        assertThat(DigestList.has(page, 1, hash)).isFalse();
        assertThatThrownBy(() -> list.verify(2, page)).hasMessageContaining("page 2");
        for (DigestList other : List.of(
                new DigestList("another", 3, GIBIBYTE + 4096),
                new DigestList("uid", 4, GIBIBYTE + 4096),
                new DigestList("uid", 3, GIBIBYTE))) {
            assertThatThrownBy(() -> other.verify(1, page)).hasMessageContaining("not as it was written");
            assertThat(other.isHeader(list.header())).isFalse();
        }
        page[5] ^= 1;
        assertThatThrownBy(() -> list.verify(1, page)).hasMessageContaining("not as it was written");
        assertThat(list.isHeader(new DigestList("uid", 3, GIBIBYTE + 4096).header()))
                .isTrue();
        assertThat(list.isHeader(new byte[4096])).isFalse();
    }
}
