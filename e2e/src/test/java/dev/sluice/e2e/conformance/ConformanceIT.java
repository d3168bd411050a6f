package dev.sluice.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.MarkdownSection;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.names.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** csi-sanity against the real processes: every spec passes, but for those that docs/conformance.md lists with their reasons. */
@EndToEnd
@Execution(ExecutionMode.SAME_THREAD)
@NeedsLab("csi-sanity is built by the lab, and runs beside the driver's sockets")
class ConformanceIT {
    private static final Pattern LISTED = Pattern.compile("^\\| `([^`]+)` \\|", Pattern.MULTILINE);

    @ParameterizedTest
    @ValueSource(strings = {"mount", "block"})
    void everySpecOfWhatIsAdvertisedPasses(String accessType, Sandbox sandbox) throws IOException {
        SanityReport report = new Sanity(sandbox.cluster()).run(accessType);
        // It stages volumes where they cannot come: nodes are marked for that, for two minutes, and nothing is in the
        // way any more.
        sandbox.cluster()
                .kubectl("label", "nodes", "--all", Names.LABEL_UNFIT + "-")
                .orFail("remove marks");

        MarkdownSection section = MarkdownSection.of("conformance.md", "csi-sanity " + accessType);
        section.write("%s: %d specs passed, %d failed, %d skipped."
                .formatted(
                        accessType,
                        report.passed(),
                        report.failed().size(),
                        report.skipped().size()));
        assertThat(report.failed()).isEmpty();
        assertThat(report.passed()).isPositive();
        assertThat(report.skipped().keySet()).isEqualTo(listed(section.page()));
    }

    private static Set<String> listed(Path page) throws IOException {
        return LISTED.matcher(Files.readString(page))
                .results()
                .map(line -> line.group(1))
                .collect(Collectors.toUnmodifiableSet());
    }
}
