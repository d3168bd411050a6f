package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BlockNodesTest {
    @Test
    void majorAndMinorAreInterleaved() {
        assertThat(BlockNodes.decode(0xfd05)).isEqualTo("253:5");
        assertThat(BlockNodes.decode(0x1_0000_2L)).isEqualTo("0:258");
        assertThat(BlockNodes.decode(0xfd00 | 0x12 | 0x3L << 20)).isEqualTo("253:786");
    }

    @Test
    void whatIsGoneHasNoNumber() {
        assertThat(BlockNodes.number(Path.of("/nowhere/at-all"))).isEmpty();
    }
}
