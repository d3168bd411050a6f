package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.node.host.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxDeviceRangesTest {
    private static final BlockDevice OUTER = new BlockDevice("/dev/dm-7", 253, 7);

    @TempDir
    Path sys;

    private Path queue;
    private LinuxDeviceRanges ranges;

    @BeforeEach
    void aQueue() throws IOException {
        queue = Files.createDirectories(sys.resolve("dev/block/253:7/queue"));
        ranges = new LinuxDeviceRanges(sys, new SystemCalls(Libc.load()));
        write("discard_max_bytes", "17179869184\n");
        write("discard_max_hw_bytes", "4294966784\n");
        write("discard_granularity", "65536\n");
    }

    @Test
    void discardsAreForbiddenByTheLimitOfTheQueueAndAllowedUpToTheMostInWholeGranules() throws IOException {
        ranges.letDiscards(OUTER, false);
        assertThat(read()).isEqualTo("0");
        ranges.letDiscards(OUTER, true);
        assertThat(read()).isEqualTo("4294901760");
    }

    @Test
    void whatIsAsWantedIsNotWritten() throws IOException {
        ranges.letDiscards(OUTER, true);
        assertThat(read()).isEqualTo("17179869184\n");
    }

    @Test
    void readsAreJoinedOrNot() throws IOException {
        write("nomerges", "0\n");
        ranges.letMerge(OUTER, false);
        assertThat(queue.resolve("nomerges")).hasContent("2");
        ranges.letMerge(OUTER, true);
        assertThat(queue.resolve("nomerges")).hasContent("0");
    }

    @Test
    void aRangeIsTwoNumbersOfTheMachine() {
        ByteBuffer range = ByteBuffer.wrap(LinuxDeviceRanges.range(65536, 4096)).order(ByteOrder.nativeOrder());
        assertThat(range.getLong()).isEqualTo(65536);
        assertThat(range.getLong()).isEqualTo(4096);
        assertThat(range.hasRemaining()).isFalse();
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(queue.resolve(file), text);
    }

    private String read() throws IOException {
        return Files.readString(queue.resolve("discard_max_bytes"));
    }
}
