package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.node.host.ProcessorTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxProcessorsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path proc;

    private LinuxProcessors processors;
    private long nanoTime;

    @BeforeEach
    void open() {
        processors = new LinuxProcessors(proc, () -> nanoTime);
    }

    @Test
    void whatIsNotIdleIsSpent() throws IOException {
        write("cpu  100 10 50 800 40 3 7 0 60 5\ncpu0 1 1 1 1 1 1 1 1 0 0\nintr 1 2 3\n");
        ProcessorTime before = processors.time();
        assertThat(before).isEqualTo(new ProcessorTime(840, 1010));

        write("cpu  160 10 60 820 50 3 7 0 60 5\n");
        assertThat(processors.time()).as("half a second is not over").isEqualTo(before);
        nanoTime += 500_000_000;
        assertThat(processors.time().idleSince(before)).isEqualTo(0.3);
    }

    @Test
    void whereNothingIsKnownAllIsIdle() throws IOException {
        assertThat(processors.time()).isEqualTo(ProcessorTime.NONE);
        write("something else\n");
        nanoTime += 500_000_000;
        assertThat(processors.time().idleSince(ProcessorTime.NONE)).isEqualTo(1);
    }

    private void write(String stat) throws IOException {
        Files.writeString(proc.resolve("stat"), stat);
    }
}
