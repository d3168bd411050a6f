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

class UdevRulesTest {
    @TempDir
    Path root;

    @Test
    void areWrittenOnceAndRepaired() throws IOException {
        Path file = root.resolve("run/udev/rules.d/05-sluice.rules");
        Files.createDirectories(root.resolve("run/udev"));
        UdevRules rules = new UdevRules(root);

        rules.ensure();
        Files.writeString(file, "# something else\n");
        rules.ensure();
        rules.ensure();

        assertThat(file).hasContent(UdevRules.RULES.text());
    }

    @Test
    void aHostWithoutUdevStaysAsItIs() {
        new UdevRules(root).ensure();

        assertThat(root).isEmptyDirectory();
    }

    @Test
    void meanOurDevicesAndNoOthers() {
        String volume = Names.volumeId("pvc-1");

        assertThat(matches("dm/uuid", Names.dmUuid(Names.outerDevice(volume)))).isTrue();
        assertThat(matches("dm/name", Names.luksDevice(volume))).isTrue();
        assertThat(matches("dm/name", "luks-home")).isFalse();
        assertThat(matches("dm/name", "data-" + volume.replace("-", "--"))).isTrue();
        assertThat(matches(
                        "dm/name", "my--group-" + Names.metadataVolume(volume).replace("-", "--")))
                .isTrue();
        assertThat(matches("dm/name", "data-" + Names.snapshotId("one").replace("-", "--")))
                .isTrue();
        assertThat(matches("dm/name", "data-var")).isFalse();
        assertThat(matches("dm/name", "data-v--log")).isFalse();
        assertThat(matches("vendor", LioBackstore.VENDOR)).isTrue();
        assertThat(matches("vendor", "LIO-ORG")).isFalse();
    }

    private static boolean matches(String attribute, String value) {
        Matcher rules =
                Pattern.compile("ATTRS?\\{" + attribute + "}==\"([^\"]*)\"").matcher(UdevRules.RULES.text());
        return rules.results()
                .map(rule -> FileSystems.getDefault().getPathMatcher("glob:" + rule.group(1)))
                .anyMatch(glob -> glob.matches(Path.of(value)));
    }
}
