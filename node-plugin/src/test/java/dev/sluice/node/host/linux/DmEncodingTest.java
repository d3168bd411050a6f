package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.TableLine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Offsets as in linux/dm-ioctl.h on a 64-bit little-endian machine. */
class DmEncodingTest {
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void requestNumbersAreThoseOfTheHeader() {
        assertThat(DmControl.requestNumber(DmControl.LIST_DEVICES)).isEqualTo(0xC138FD02L);
        assertThat(DmControl.requestNumber(DmControl.TABLE_STATUS)).isEqualTo(0xC138FD0CL);
        assertThat(DmControl.requestNumber(DmControl.ARM_POLL)).isEqualTo(0xC138FD10L);
    }

    @Test
    void aTableLoadIsByteExact() {
        byte[] bytes = new DmRequest()
                .name("sluice-v-1")
                .flags(DmRequest.READONLY)
                .table(List.of(
                        new TableLine(0, 8, "linear", "254:3 0"), new TableLine(8, 16, "linear", "254:30 1234567")))
                .encode(0);

        assertThat(HEX.formatHex(bytes, 0, 58))
                .isEqualTo("04000000" + "00000000" + "00000000" // version 4.0.0
                        + "38050000" + "38010000" + "02000000" + "00000000" // size, data start, targets, open count
                        + "01000000" + "00000000" + "00000000" // flags, event number, padding
                        + "0000000000000000" // device
                        + HEX.formatHex("sluice-v-1".getBytes(StandardCharsets.US_ASCII)));
        assertThat(HEX.formatHex(bytes, 312, 360))
                .isEqualTo("0000000000000000" + "0800000000000000" + "00000000" + "30000000"
                        + "6c696e65617200000000000000000000" + "3235343a33203000");
        assertThat(HEX.formatHex(bytes, 360, 384))
                .isEqualTo("0800000000000000" + "1000000000000000" + "00000000" + "38000000");
    }

    @Test
    void aMessageFollowsItsSector() {
        byte[] bytes = new DmRequest().name("x").message("enable_hydration").encode(0);

        assertThat(HEX.formatHex(bytes, 312, 337))
                .isEqualTo("0000000000000000" + HEX.formatHex("enable_hydration".getBytes(StandardCharsets.US_ASCII))
                        + "00");
    }

    @Test
    void udevIsToldToLeaveTheDeviceAlone() {
        byte[] bytes = new DmRequest().name("x").quietUdev().encode(0);

        assertThat(HEX.formatHex(bytes, 32, 36)).isEqualTo("00006e00");
    }

    @Test
    void aNameThatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> new DmRequest().name("x".repeat(128))).hasMessageContaining("too long");
    }

    @Test
    void aStatusAnswerIsRead() {
        byte[] bytes = new byte[1024];
        ByteBuffer answer = DmRequest.over(bytes);
        answer.putInt(16, 312).putInt(20, 2).putInt(24, 3);
        answer.putInt(28, DmRequest.SUSPEND | DmRequest.ACTIVE_PRESENT);
        answer.putLong(40, 65027);
        put(answer, 48, "sluice-v-1");
        put(answer, 176, "SLUICE-v-1");
        answer.putLong(312, 0).putLong(320, 8).putInt(332, 56);
        put(answer, 336, "linear");
        put(answer, 352, "254:3 0");
        answer.putLong(368, 8).putLong(376, 16).putInt(388, 112);
        put(answer, 392, "clone");
        put(answer, 408, "Fail");

        DmReply reply = new DmReply(bytes);

        assertThat(reply.name()).isEqualTo("sluice-v-1");
        assertThat(reply.uuid()).isEqualTo("SLUICE-v-1");
        assertThat(reply.openCount()).isEqualTo(3);
        assertThat(reply.has(DmRequest.SUSPEND)).isTrue();
        assertThat(reply.has(DmRequest.READONLY)).isFalse();
        assertThat(reply.lines())
                .containsExactly(new TableLine(0, 8, "linear", "254:3 0"), new TableLine(8, 16, "clone", "Fail"));
    }

    @Test
    void aDeviceNumberIsUnpacked() {
        byte[] bytes = new byte[512];
        ByteBuffer answer = DmRequest.over(bytes);
        answer.putLong(40, (254 << 8) | 5 | (1L << 20));

        assertThat(new DmReply(bytes).device()).isEqualTo(new BlockDevice("/dev/dm-261", 254, 261));
    }

    @Test
    void namesAreListedByTheirDistances() {
        byte[] bytes = new byte[512];
        ByteBuffer answer = DmRequest.over(bytes);
        answer.putInt(16, 312);
        answer.putLong(312, 65024).putInt(320, 24);
        put(answer, 324, "data-pool");
        answer.putLong(336, 65025).putInt(344, 0);
        put(answer, 348, "sluice-v-1");

        assertThat(new DmReply(bytes).names()).containsExactly("data-pool", "sluice-v-1");
    }

    @Test
    void theCountOfEventsFollowsTheNameAtAMultipleOfEight() {
        byte[] bytes = new byte[512];
        ByteBuffer answer = DmRequest.over(bytes);
        answer.putInt(16, 312);
        answer.putLong(312, 65024).putInt(320, 32);
        put(answer, 324, "data-pool");
        answer.putInt(336, 7);
        answer.putLong(344, 65025).putInt(352, 0);
        put(answer, 356, "sluice-v-12");
        answer.putInt(368, 9);

        assertThat(new DmReply(bytes).eventCounts()).containsExactly(entry("data-pool", 7), entry("sluice-v-12", 9));
    }

    @Test
    void anEmptyListHasNoNames() {
        byte[] bytes = new byte[512];
        ByteBuffer answer = DmRequest.over(bytes);
        answer.putInt(16, 312);

        assertThat(new DmReply(bytes).names()).isEmpty();
    }

    private static void put(ByteBuffer buffer, int at, String text) {
        buffer.put(at, text.getBytes(StandardCharsets.US_ASCII));
    }
}
