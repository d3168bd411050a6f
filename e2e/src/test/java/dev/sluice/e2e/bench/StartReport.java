package dev.sluice.e2e.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

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
        text.append("\n| bar | allowed | measured | |\n|---|---|---|---|\n");
        bar(text, "clone of 256 MiB, later than an empty volume", Scenario.SMALL, Scenario.EMPTY, 1.5);
        bar(text, "2 GiB, later than 256 MiB", Scenario.LARGE, Scenario.SMALL, 0.3);
        bar(text, "100,000 files, later than one file", Scenario.MANY_FILES, Scenario.ONE_FILE, 0.5);
        text.append("\nWhere the time goes, medians since `apply`:\n\n");
        breakdown(text);
        return text.toString();
    }

    private void bar(StringBuilder text, String name, Scenario later, Scenario earlier, double allowed) {
        double difference = running(later) - running(earlier);
        text.append(String.format(
                Locale.ROOT,
                "| %s | %.1f | %.2f | %s |%n",
                name,
                allowed,
                difference,
                difference <= allowed ? "reached" : "**missed**"));
    }

    private void breakdown(StringBuilder text) {
        text.append("| pod on | ")
                .append(Arrays.stream(Milestone.values())
                        .map(Milestone::toString)
                        .collect(Collectors.joining(" | ")))
                .append(" |\n|---|")
                .append("---|".repeat(Milestone.values().length))
                .append('\n');
        samples.forEach((scenario, values) -> text.append("| ")
                .append(scenario)
                .append(" | ")
                .append(Arrays.stream(Milestone.values())
                        .map(milestone -> Samples.text(values.median(milestone)))
                        .collect(Collectors.joining(" | ")))
                .append(" |\n"));
    }

    private double running(Scenario scenario) {
        Samples<Milestone> values = samples.get(scenario);
        return values == null ? Double.NaN : values.median(Milestone.RUNNING);
    }
}
