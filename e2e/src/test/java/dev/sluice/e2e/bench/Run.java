package dev.sluice.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.e2e.cluster.Cluster;
import dev.sluice.e2e.fixture.MarkdownSection;
import java.time.Clock;
import java.time.LocalDate;

/** Where, when and how often something was measured. */
record Run(String machine, String date, int rounds) {
    static Run of(Cluster cluster, int rounds) {
        return new Run(
                Machine.describe(cluster), LocalDate.now(Clock.systemUTC()).toString(), rounds);
    }

    /** Two sentences at the end of an introduction. */
    String text() {
        return "Median of %d and spread, all in one run, everything by turns. Measured %s with %s"
                .formatted(rounds, date, machine);
    }

    /** @param bench name of its section of docs/benchmarks.md */
    static void write(String bench, String markdown) {
        MarkdownSection section = MarkdownSection.of("benchmarks.md", bench);
        section.write(markdown);
        assertThat(section.page()).content().contains(bench + ": begin");
    }
}
