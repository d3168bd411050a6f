package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.node.host.BlockDevice;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MountTest {
    private final MountTable table = MountTable.parse(Recorded.read("mountinfo.txt"), node -> Optional.empty());

    @Test
    void aMountAndItsReadOnlyBindAreRead() {
        MountTable.Entry writable = table.at("/tmp/m").orElseThrow();
        assertThat(writable)
                .isEqualTo(new MountTable.Entry("254:4", "/", "/tmp/m", "ext4", writable.options()))
                .matches(mount -> !mount.readOnly());
        MountTable.Entry readOnly = table.at("/tmp/with space").orElseThrow();
        assertThat(readOnly)
                .isEqualTo(new MountTable.Entry("254:4", "/", "/tmp/with space", "ext4", readOnly.options()))
                .matches(MountTable.Entry::readOnly);
        assertThat(table.at("/tmp")).isEmpty();
    }

    @Test
    void btrfsIsKnownByTheNumberOfItsDevice() {
        String line =
                "140 117 0:42 / /data rw,nosuid,relatime - btrfs /dev/mapper/sluice-a\\040b rw,subvolid=5,subvol=/";

        MountTable known = MountTable.parse(
                line,
                node -> Optional.of(node)
                        .filter("/dev/mapper/sluice-a b"::equals)
                        .map(name -> "254:7"));
        MountTable unknown = MountTable.parse(line, node -> Optional.empty());

        assertThat(known.at("/data").orElseThrow().deviceNumber()).isEqualTo("254:7");
        assertThat(known.at("/data").orElseThrow().options()).containsExactly("rw", "nosuid", "relatime");
        assertThat(unknown.at("/data").orElseThrow().deviceNumber()).isEqualTo("0:42");
        assertThat(DeviceNumber.of(0xfe07L)).isEqualTo("254:7");
        assertThat(DeviceNumber.of(0x1234_5678L)).isEqualTo("1110:74616");
    }

    @Test
    void aPathIsFoundInTheMountItLiesIn() {
        assertThat(table.of("/dev/dm-4").fsType()).isEqualTo("devtmpfs");
        assertThat(table.of("/devices").path()).isEqualTo("/");
        assertThat(table.rootOf("/dev/dm-4")).isEqualTo("/dm-4");
        assertThat(table.rootOf("/tmp/m")).isEqualTo("/");
        assertThat(table.rootOf("/cpuinfo")).isEqualTo("/cpuinfo");
        assertThat(table.rootOf("/proc/cpuinfo")).isEqualTo("/cpuinfo");
    }

    @Test
    void aMountIsNeverMadeOverAnotherNameOfTheDevice() {
        BlockDevice device = new BlockDevice("/dev/dm-1", 254, 1);

        assertThat(LinuxMounts.mountCommand(device, Path.of("/staging"), "xfs", List.of("nouuid", "noatime")))
                .containsExactly(
                        "mount",
                        "--no-canonicalize",
                        "--internal-only",
                        "--types",
                        "xfs",
                        "--options",
                        "nouuid,noatime",
                        "/dev/dm-1",
                        "/staging");
        assertThat(LinuxMounts.mountCommand(device, Path.of("/staging"), "btrfs", List.of()))
                .endsWith("--types", "btrfs", "/dev/dm-1", "/staging");
    }

    @Test
    void someOptionsAreFlags() {
        assertThat(MountOptions.flags(List.of("noatime", "ro", "rw", "nouuid", "errors=remount-ro")))
                .isEqualTo(1024 | 1);
        assertThat(MountOptions.flags(List.of())).isZero();
    }
}
