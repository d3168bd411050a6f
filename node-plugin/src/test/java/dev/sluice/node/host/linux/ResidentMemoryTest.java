package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResidentMemoryTest {
    @Test
    void isToldByTheKernel() {
        assertThat(ResidentMemory.ownBytes(
                        List.of("VmRSS:\t  111616 kB", "RssAnon:\t   95232 kB", "RssFile:\t   16384 kB")))
                .isEqualTo(93L << 20);
        assertThat(new ResidentMemory(new SystemCalls(Libc.load())).ownBytes()).isPositive();
    }

    @Test
    void isGivenBackWhereItIsMappedReadOnlyFromFilesAndWasNeverWritten() {
        assertThat(ResidentMemory.pure(
                        smaps("804200000-80636a000 r--p 0188a000 00:1e 5242    /opt/sluice/cds/classes.jsa", 0)))
                .containsExactly(new ResidentMemory.Range(0x804200000L, 0x80636a000L));
        assertThat(ResidentMemory.pure(
                        smaps("7f0000400000-7f0000e7e000 r-xp 00400000 00:1e 77  /opt/jre/libjvm.so", 0)))
                .hasSize(1);
    }

    @Test
    void isNotGivenBackWhereItWouldBeLost() {
        assertThat(ResidentMemory.pure(
                        smaps("7f0001400000-7f0001480000 r--p 00e7e000 00:1e 77  /opt/jre/libjvm.so", 760)))
                .as("relocated by the loader")
                .isEmpty();
        assertThat(ResidentMemory.pure(
                        smaps("800000000-80188a000 rw-p 00001000 00:1e 5242   /opt/sluice/cds/classes.jsa", 0)))
                .isEmpty();
        assertThat(ResidentMemory.pure(
                        smaps("7f0010000000-7f0012000000 r--s 00000000 00:1e 80   /opt/jre/lib/modules", 0)))
                .isEmpty();
        assertThat(ResidentMemory.pure(smaps("7f0010000000-7f0012000000 r--p 00000000 00:00 0 ", 0)))
                .isEmpty();
        assertThat(ResidentMemory.pure(smaps("7ffc00100000-7ffc00102000 r-xp 00000000 00:00 0   [vdso]", 0)))
                .isEmpty();
    }

    @Test
    void aProcessGoesOnWithoutIt() {
        assertThatCode(() -> new ResidentMemory(new SystemCalls(Libc.load())).release())
                .doesNotThrowAnyException();
    }

    private static List<String> smaps(String mapping, int writtenKibibytes) {
        return List.of(
                mapping,
                "Size:                 32 kB",
                "Rss:                  32 kB",
                "Anonymous:      %6d kB".formatted(writtenKibibytes),
                "VmFlags: rd mr mw me");
    }
}
