package dev.sluice.controller.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import csi.v1.VolumeCapability.AccessMode.Mode;
import dev.sluice.api.HydrationSettings;
import dev.sluice.controller.domain.VolumeCreation;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.filesystem.FileSystemType;
import dev.sluice.filesystem.MkfsOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/reference.md and the code name the same parameters, values and options. */
class ParameterTableTest {
    private static final Path REFERENCE = Path.of("../docs/reference.md");
    private static final Map<Parameter, String> WRONG = Map.ofEntries(
            Map.entry(Parameter.FS_TYPE, "ntfs"),
            Map.entry(Parameter.MKFS_OPTIONS, "-E discard"),
            Map.entry(Parameter.PLACEMENT, "Anywhere"),
            Map.entry(Parameter.RETAIN_ORIGIN, "31d"),
            Map.entry(Parameter.REGION_SIZE, "5000"),
            Map.entry(Parameter.HYDRATION_BATCH_SIZE, "0"),
            Map.entry(Parameter.HYDRATION_THRESHOLD, "-1"),
            Map.entry(Parameter.MAX_BYTES_PER_SECOND, "fast"),
            Map.entry(Parameter.MIN_BYTES_PER_SECOND, "0"),
            Map.entry(Parameter.LATENCY_BUDGET, "1001"),
            Map.entry(Parameter.PRIORITY, "high"),
            Map.entry(Parameter.ENCRYPTED, "yes"),
            Map.entry(Parameter.ENCRYPTED_DISCARDS, "on"));

    @Test
    void theTableOfTheStorageClassIsTheCode() {
        assertThat(table("## StorageClass parameters"))
                .containsExactlyElementsOf(rows(Parameter.Scope.CLASS, Parameter.Scope.MUTABLE));
    }

    @Test
    void theTableOfTheVolumeAttributesClassIsTheCode() {
        assertThat(table("## VolumeAttributesClass parameters"))
                .containsExactlyElementsOf(rows(Parameter.Scope.MUTABLE));
    }

    @Test
    void theTableOfFileSystemsIsTheCode() {
        List<List<String>> expected = Stream.concat(
                        Stream.of(List.of("any", "", "", "`" + FileSystemType.ANY_MOUNT + "`")),
                        Arrays.stream(FileSystemType.values())
                                .map(type -> List.of(
                                        "`" + type.word() + "`",
                                        (type.minimumBytes() >> 20) + "Mi",
                                        type.mkfsOptions().stream()
                                                .map(MkfsOption::toString)
                                                .map(option -> "`" + option + "`")
                                                .collect(Collectors.joining(", ")),
                                        "`" + type.mountOptions() + "`")))
                .toList();
        assertThat(table("### File systems")).containsExactlyElementsOf(expected);
    }

    @ParameterizedTest
    @EnumSource
    void aWrongValueIsRefusedAsTheTableSays(Parameter parameter) {
        boolean checked = parameter.scope() != Parameter.Scope.PROVISIONER
                // A pool is looked for among the nodes: CsiErrorsIT.
                && parameter != Parameter.POOL;
        assertThat(WRONG.containsKey(parameter))
                .as("there is a wrong value of " + parameter.key())
                .isEqualTo(checked);
        String wrong = WRONG.get(parameter);
        if (wrong != null) {
            var request = CsiClient.volume("x", "n1")
                    .setVolumeCapabilities(0, CsiClient.mount(Mode.SINGLE_NODE_WRITER, ""))
                    .putParameters(parameter.key(), wrong)
                    .build();
            assertThatThrownBy(() -> CreateVolumeRequests.parse(request, "sluice-system"))
                    .isInstanceOfSatisfying(
                            SluiceException.class,
                            refusal -> assertThat(refusal.kind()).isEqualTo(ErrorKind.INVALID))
                    .hasMessageContaining(wrong.split(" ", 2)[0]);
        }
    }

    @Test
    void theDefaultsAreTheCodes() {
        assertThat(Parameter.FS_TYPE.fallback()).isEqualTo("`" + VolumeCreation.DEFAULT_FILE_SYSTEM + "`");
        var settings = Parameters.ofClass(Map.of()).hydration();
        assertThat(settings.priority()).hasToString(Parameter.PRIORITY.fallback());
        assertThat(settings.maxBytesPerSecond()).isNull();
        assertThat(settings.minBytesPerSecond()).isNull();
        assertThat(settings.regionBytes()).isNull();
        assertThat(settings.latencyBudget()).isNull();
        assertThat(HydrationSettings.DEFAULT_LATENCY_BUDGET).hasToString(Parameter.LATENCY_BUDGET.fallback());
        assertThat(settings.hydrationBatchSize()).isNull();
        assertThat(settings.hydrationThreshold()).isNull();
        assertThat(Parameter.RETAIN_ORIGIN.fallback()).isEqualTo("`10m`");
        assertThat(settings.retainOriginSeconds()).isEqualTo(600);
    }

    private static List<List<String>> rows(Parameter.Scope... scopes) {
        return Arrays.stream(Parameter.values())
                .filter(parameter -> List.of(scopes).contains(parameter.scope()))
                .map(parameter -> List.of(
                        "`" + parameter.key() + "`",
                        parameter.type(),
                        parameter.fallback(),
                        parameter.allowed(),
                        "INVALID_ARGUMENT"))
                .toList();
    }

    /** The cells of the first table after a heading, without its own two head lines. */
    private static List<List<String>> table(String heading) {
        List<String> lines = lines();
        assertThat(lines).as(REFERENCE + " has the heading").contains(heading);
        return lines.stream()
                .skip(lines.indexOf(heading))
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .map(line -> line.substring(1, line.length() - 1))
                .map(line ->
                        Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
                .toList();
    }

    private static List<String> lines() {
        try {
            return Files.readAllLines(REFERENCE);
        } catch (IOException e) {
            throw new UncheckedIOException(REFERENCE.toString(), e);
        }
    }
}
