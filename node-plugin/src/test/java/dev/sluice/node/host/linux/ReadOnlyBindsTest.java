package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the kernel of this machine, in a mount namespace that ends with the test. */
class ReadOnlyBindsTest {
    @TempDir
    Path folder;

    @BeforeEach
    void mountsArePermitted() throws IOException, InterruptedException {
        Result probe = run("mount", "-t", "tmpfs", "none", folder.toString());
        assumeThat(probe.exit())
                .as("unshare(1) and mount(8) in a namespace of one's own: " + probe.output())
                .isZero();
    }

    @Test
    void aReadOnlyBindIsReadOnlyWhereverItPropagatesAndKeepsItsFlags() throws IOException, InterruptedException {
        String release = System.getProperty("os.version");
        String[] numbers = release.split("[.-]", -1);
        assumeThat(Integer.parseInt(numbers[0]) * 1000 + Integer.parseInt(numbers[1]))
                .as("Linux 5.12 or newer, this is " + release)
                .isGreaterThanOrEqualTo(5012);

        assertThat(scene("new"))
                .contains(
                        "/plugin/staged rw,nosuid,nodev,noexec,noatime",
                        "/plugin/published ro,nosuid,nodev,noexec,noatime",
                        "/plugin/device ro,nosuid,nodev,noexec,noatime",
                        "/host/published ro,nosuid,nodev,noexec,noatime",
                        "/host/device ro,nosuid,nodev,noexec,noatime",
                        "plugin writable false",
                        "host writable false",
                        "left falsefalse")
                .filteredOn(line -> line.startsWith("/plugin/published"))
                .hasSize(1);
    }

    @Test
    void aKernelWithoutTheCallsRemountsWhatItBound() throws IOException, InterruptedException {
        assertThat(scene("old"))
                .contains(
                        "/plugin/published ro,nosuid,nodev,noexec,noatime",
                        "/plugin/device ro,nosuid,nodev,noexec,noatime",
                        "/host/published rw,nosuid,nodev,noexec,noatime",
                        "plugin writable false",
                        "left falsefalse");
    }

    private List<String> scene(String kernel) throws IOException, InterruptedException {
        Result result = run(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                BindScene.class.getName(),
                folder.toString(),
                kernel);
        assertThat(result.exit()).as(result.output()).isZero();
        return result.output().lines().toList();
    }

    private record Result(int exit, String output) {}

    private static Result run(String... command) throws IOException, InterruptedException {
        boolean root = "root".equals(System.getProperty("user.name"));
        List<String> words = new ArrayList<>(
                root ? List.of("unshare", "--mount") : List.of("unshare", "--map-root-user", "--mount"));
        Collections.addAll(words, command);
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }
}
