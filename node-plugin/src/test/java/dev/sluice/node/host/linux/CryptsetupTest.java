package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.Encryption;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Passphrase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CryptsetupTest {
    private static final BlockDevice DEVICE = new BlockDevice("/dev/dm-7", 254, 7);

    @TempDir
    Path folder;

    @Test
    void theKeyIsStandardInputAndNeverAnArgument() {
        List<String> format = Cryptsetup.formatCommand(DEVICE);
        List<String> open = Cryptsetup.openCommand(DEVICE, "sluice-v-1-luks", false);

        assertThat(format).containsSequence("--key-file", "-").endsWith("/dev/dm-7");
        assertThat(open).containsSequence("--key-file", "-").endsWith("/dev/dm-7", "sluice-v-1-luks");
        assertThat(open).doesNotContain("--allow-discards");
        assertThat(Cryptsetup.openCommand(DEVICE, "x", true)).contains("--allow-discards");
        assertThat(new Passphrase("correct horse")).asString().doesNotContain("correct");
    }

    @Test
    void sizesAreComputedFromTheOffsetThatIsFormatted() {
        List<String> format = Cryptsetup.formatCommand(DEVICE);

        long sectors = Long.parseLong(format.get(format.indexOf("--offset") + 1));
        assertThat(sectors * 512).isEqualTo(Encryption.HEADER_BYTES);
    }

    @Test
    void aToolReadsItsInputToTheEnd() {
        CommandResult result = new Processes(false)
                .run(
                        Duration.ofSeconds(20),
                        List.of("sh", "-c", "tr a-z A-Z; env"),
                        Map.of("DM_DISABLE_UDEV", "1"),
                        "secret\n".getBytes(StandardCharsets.UTF_8));

        assertThat(result.out())
                .startsWith("SECRET\n")
                .contains("DM_DISABLE_UDEV=1")
                .doesNotContain("secret");
    }

    @Test
    void aToolThatDoesNotReadEndsAsItWouldAnyway() {
        CommandResult result = new Processes(false)
                .run(Duration.ofSeconds(20), List.of("sh", "-c", "exit 5"), Map.of(), new byte[1 << 20]);

        assertThat(result.exit()).isEqualTo(5);
    }

    @Test
    void aHeaderIsToldFromNoneAndFromADeviceThatCannotBeRead() throws IOException {
        Path header = folder.resolve("header");
        Files.write(header, new byte[] {'L', 'U', 'K', 'S', (byte) 0xba, (byte) 0xbe, 0, 2, 0, 0});
        Path blank = Files.write(folder.resolve("blank"), new byte[4096]);

        assertThat(Cryptsetup.hasHeader(header)).isTrue();
        assertThat(Cryptsetup.hasHeader(blank)).isFalse();
        assertThatThrownBy(() -> Cryptsetup.hasHeader(folder.resolve("none")))
                .isInstanceOfSatisfying(
                        SluiceException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.HOST));
    }
}
