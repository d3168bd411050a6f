package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.names.Names;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShutdownUnitTest {
    @TempDir
    Path root;

    @Test
    void aHostWithoutSystemdStaysAsItIs() {
        new ShutdownUnit(new Processes(false), root).ensure();

        assertThat(root).isEmptyDirectory();
    }

    @Test
    void meansOriginsAndNoOtherDevices() {
        String copy = Names.copy(Names.volumeId("pvc-1"), 1);

        assertThat(lets(Names.sourceDevice(copy))).isTrue();
        assertThat(lets(Names.cloneDevice(copy))).isFalse();
        assertThat(lets(Names.outerDevice(Names.volumeId("pvc-1")))).isFalse();
        assertThat(lets("mpatha")).isFalse();
    }

    @Test
    void hasBegunOnceTheUnitHasMadeItsFile() throws IOException {
        ShutdownUnit unit = new ShutdownUnit(new Processes(false), root);
        assertThat(unit.hasBegun()).isFalse();
        assertThat(ShutdownUnit.UNIT.text()).contains("touch /" + ShutdownUnit.BEGUN + ";");

        Files.createFile(Files.createDirectories(root.resolve("run")).resolve("sluice-goes-down"));

        assertThat(unit.hasBegun()).isTrue();
    }

    private static boolean lets(String device) {
        Matcher pattern = Pattern.compile(" in (\\S+)\\) dmsetup message").matcher(ShutdownUnit.UNIT.text());
        assertThat(pattern.find()).isTrue();
        return FileSystems.getDefault()
                .getPathMatcher("glob:" + pattern.group(1))
                .matches(Path.of(device));
    }
}
