package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.SluiceException;
import dev.sluice.node.host.Latencies;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DmLatencyCountersTest {
    private static final long MILLISECOND = 1_000_000;

    @Test
    void theHistogramIsTheLastWordOfTheLine() {
        String counts = Latencies.bounds()
                .mapToObj(bound -> bound == 1 << 20 ? "5" : "0")
                .collect(Collectors.joining(":", "", ":2"));

        Latencies read = DmLatencyCounters.parse(
                "0+2097152 7 0 56 5123456 0 0 0 0 0 5123456 5123456 5123456 0 " + counts + "\n");

        assertThat(read.count()).isEqualTo(7);
        assertThat(read.quantile(0.5)).isBetween(0.9 * MILLISECOND, 1.1 * MILLISECOND);
        assertThat(read.countAbove(1000.0 * MILLISECOND)).isEqualTo(2);
    }

    @Test
    void anotherNumberOfCountsIsNotOurs() {
        assertThatThrownBy(() -> DmLatencyCounters.parse("0+8 1 0 8 1 0 0 0 0 0 1 1 1 0 1:2:3"))
                .isInstanceOf(SluiceException.class)
                .hasMessageContaining("1:2:3");
        assertThatThrownBy(() -> DmLatencyCounters.parse("")).isInstanceOf(SluiceException.class);
    }

    @Test
    void anAnswerIsReadOnlyWhereThereIsOne() {
        byte[] bytes = new byte[512];
        var answer = DmRequest.over(bytes);
        answer.putInt(16, 312).put(312, "17".getBytes(StandardCharsets.US_ASCII));
        assertThat(new DmReply(bytes).text()).isEmpty();

        answer.putInt(28, DmRequest.DATA_OUT);

        assertThat(new DmReply(bytes).text()).isEqualTo("17");
    }
}
