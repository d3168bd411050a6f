package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MountTest {
    private final MountTable table = MountTable.parse(Recorded.read("mountinfo.txt"));

    @Test
    void aMountAndItsReadOnlyBindAreRead() {
        assertThat(table.at("/tmp/m")).contains(new MountTable.Entry("254:4", "/", "/tmp/m", "ext4", false));
        assertThat(table.at("/tmp/with space"))
                .contains(new MountTable.Entry("254:4", "/", "/tmp/with space", "ext4", true));
        assertThat(table.at("/tmp")).isEmpty();
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
    void optionsAreFlagsOrWords() {
        assertThat(MountOptions.of(List.of("noatime", "ro", "rw", "nouuid", "errors=remount-ro")))
                .isEqualTo(new MountOptions(1024 | 1, "nouuid,errors=remount-ro"));
        assertThat(MountOptions.of(List.of())).isEqualTo(new MountOptions(0, null));
    }
}
