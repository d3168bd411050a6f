package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostToolsTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Processes processes = new Processes(false);

    @Test
    void outputOfAnySizeIsDrained() {
        CommandResult result = processes.run(LONG, "sh", "-c", "head -c 300000 /dev/zero; echo no >&2; exit 3");

        assertThat(result.out()).hasSize(300_000);
        assertThat(result.exit()).isEqualTo(3);
        assertThatThrownBy(() -> result.require("try x"))
                .isInstanceOf(SluiceException.class)
                .hasMessage("try x: exit 3: no");
    }

    @Test
    void aToolThatDoesNotEndIsKilled() {
        assertThatThrownBy(() -> processes.run(Duration.ofMillis(50), "sleep", "60"))
                .hasMessage("sleep did not end within 0 s");
    }

    @Test
    void aMissingToolIsNamed() {
        assertThatThrownBy(() -> processes.run(LONG, "no-such-tool"))
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.HOST))
                .hasMessageStartingWith("cannot run no-such-tool");
    }

    @Test
    void toolsRunInTheHostsNamespaces() {
        assertThat(new Processes(true).argv(List.of("lvm", "lvs")))
                .containsExactly("nsenter", "--target", "1", "--mount", "--net", "--ipc", "--uts", "--", "lvm", "lvs");
    }

    @Test
    void formattingNeverDiscards() {
        BlockDevice device = new BlockDevice("/dev/dm-1", 254, 1);

        assertThat(LinuxFileSystems.makeCommand(device, "ext4", true, List.of()))
                .startsWith("mkfs.ext4")
                .contains("lazy_itable_init=1,lazy_journal_init=1,nodiscard,assume_storage_prezeroed=1")
                .endsWith("/dev/dm-1");
        assertThat(LinuxFileSystems.makeCommand(device, "xfs", true, List.of("-i", "size=512")))
                .containsExactly("mkfs.xfs", "-q", "-f", "-K", "-i", "size=512", "/dev/dm-1");
        assertThat(LinuxFileSystems.makeCommand(device, "btrfs", true, List.of()))
                .containsExactly("mkfs.btrfs", "-q", "-f", "-K", "/dev/dm-1");
        assertThatThrownBy(() -> LinuxFileSystems.makeCommand(device, "ntfs", true, List.of()))
                .hasMessageContaining("ntfs");
    }

    @Test
    void whatWasTrimmedIsReadFromWhatIsPrinted() {
        assertThat(LinuxFileSystems.trimmedBytes("/7 bytes/data: 1.9 GiB (2040373248 bytes) trimmed\n"))
                .isEqualTo(2_040_373_248L);
        assertThat(LinuxFileSystems.trimmedBytes("/data: 0 B (0 bytes) trimmed\n"))
                .isZero();
        assertThat(LinuxFileSystems.trimmedBytes("/data: 4096 bytes trimmed\n")).isEqualTo(4096);
        assertThatThrownBy(() -> LinuxFileSystems.trimmedBytes(""))
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.HOST));
    }

    @Test
    void oldKernelsAreRefused() {
        assertThat(LinuxPreflight.checkKernel("6.1.0-28-amd64").passed()).isTrue();
        assertThat(LinuxPreflight.checkKernel("5.10.0").passed()).isTrue();
        assertThat(LinuxPreflight.checkKernel("5.4.33-x").passed()).isFalse();
    }
}
