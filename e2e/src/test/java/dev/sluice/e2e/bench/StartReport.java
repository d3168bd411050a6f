package dev.sluice.e2e.bench;

import java.util.List;
import java.util.Map;

/** The results in Markdown: what was measured, the bars and whether they are reached, and where the time goes. */
record StartReport(String machine, String date, int rounds, Map<Scenario, Samples<Milestone>> samples) {

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("## From `apply` to a running pod\n\n");
        text.append(
                        "Seconds from `apply` of a PVC and its pod until every container of the pod is seen running, by a watch and one clock. Median of ")
                .append(rounds)
                .append(
                        " and spread, all in one run, the scenarios by turns; volumes are deleted between measurements. ")
                .append("The cloned volume is in use by a running pod on another node. Measured ")
                .append(date)
                .append(" with ")
                .append(machine)
                .append("\n\n| pod on | median | spread |\n|---|---|---|\n");
        samples.forEach((scenario, values) -> text.append("| %s | %s | %s |%n"
                .formatted(
                        scenario, Samples.text(values.median(Milestone.RUNNING)), values.spread(Milestone.RUNNING))));
        Comparison<Scenario, Milestone> comparison = comparison();
        text.append(Comparison.bars())
                .append(comparison.bar(
                        "clone of 256 MiB, later than an empty volume", Scenario.SMALL, Scenario.EMPTY, 1.5))
                .append(comparison.bar("2 GiB, later than 256 MiB", Scenario.LARGE, Scenario.SMALL, 0.3))
                .append(comparison.bar(
                        "100,000 files, later than one file", Scenario.MANY_FILES, Scenario.ONE_FILE, 0.5));
        text.append("\nWhere the time goes, medians since `apply`:\n\n");
        text.append(comparison.breakdown());
        return text.toString();
    }

    private Comparison<Scenario, Milestone> comparison() {
        return new Comparison<>(samples, Milestone.RUNNING, List.of(Milestone.values()));
    }
}
