package dev.sluice.e2e.bench;

import java.util.List;
import java.util.Map;

/** The results in Markdown: beside a driver that does nothing, against the bars, and where the time goes. */
record MoveReport(String machine, String date, int rounds, Map<MoveScenario, Samples<MoveMilestone>> samples) {
    private static final double LATER_THAN_NOTHING = 1.5;
    private static final double LARGER = 0.5;

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("## From the end of a pod to its successor on another node\n\n")
                .append(
                        "`e2e/lab bench move`. Seconds from the watch event that shows all containers of a StatefulSet's pod ended to")
                .append(
                        " the one that shows those of its successor running on the other node; one clock. The pod is deleted, and its")
                .append(" StatefulSet makes the next. Median of ")
                .append(rounds)
                .append(
                        " and spread, all in one run, the rows by turns and in both directions between two nodes. The driver that does")
                .append(
                        " nothing needs no attachment either, stages nothing, and bind-mounts an empty folder: what is left is")
                .append(
                        " Kubernetes. A volume of Sluice is whole on one node before each measurement, and has no copy elsewhere.")
                .append(" Measured ")
                .append(date)
                .append(" with ")
                .append(machine)
                .append("\n\n| pod on | median | spread | later than on nothing | ratio |\n|---|---|---|---|---|\n");
        samples.forEach((scenario, values) -> text.append(row(scenario, values)));
        Comparison<MoveScenario, MoveMilestone> comparison = comparison();
        text.append(Comparison.bars())
                .append(comparison.bar(
                        "256 MiB, later than on the driver that does nothing",
                        MoveScenario.SMALL,
                        MoveScenario.IDLE,
                        LATER_THAN_NOTHING))
                .append(comparison.bar(
                        "4 GiB, later than on the driver that does nothing",
                        MoveScenario.LARGE,
                        MoveScenario.IDLE,
                        LATER_THAN_NOTHING))
                .append(comparison.bar("4 GiB, later than 256 MiB", MoveScenario.LARGE, MoveScenario.SMALL, LARGER));
        text.append("\nWhere the time goes, medians since the containers had ended:\n\n");
        text.append(comparison.breakdown());
        return text.toString();
    }

    private String row(MoveScenario scenario, Samples<MoveMilestone> values) {
        double nothing = comparison().median(MoveScenario.IDLE);
        boolean itself = scenario == MoveScenario.IDLE;
        return "| %s | %s | %s | %s | %s |\n"
                .formatted(
                        scenario,
                        Samples.text(values.median(MoveMilestone.RUNNING)),
                        values.spread(MoveMilestone.RUNNING),
                        itself ? "" : Samples.text(comparison().median(scenario) - nothing),
                        itself ? "" : Samples.text(comparison().median(scenario) / nothing));
    }

    private Comparison<MoveScenario, MoveMilestone> comparison() {
        return new Comparison<>(samples, MoveMilestone.RUNNING, List.of(MoveMilestone.values()));
    }
}
