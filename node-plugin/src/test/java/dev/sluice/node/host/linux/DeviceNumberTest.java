package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeviceNumberTest {
    @Test
    void majorAndMinorAreInterleaved() {
        assertThat(DeviceNumber.of(0xfd05)).isEqualTo("253:5");
        assertThat(DeviceNumber.of(0x1_0000_2L)).isEqualTo("0:258");
        assertThat(DeviceNumber.of(0xfd00 | 0x12 | 0x3L << 20)).isEqualTo("253:786");
    }

    @Test
    void whatIsGoneHasNoNumber() {
        assertThat(DeviceNumber.find("/nowhere/at-all")).isEmpty();
    }
}
