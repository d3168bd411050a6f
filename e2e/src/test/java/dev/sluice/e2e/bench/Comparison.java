package dev.sluice.e2e.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Scenarios of one run beside each other, as tables in Markdown.
 *
 * @param end the milestone at which a pod runs
 * @param milestones all of them, in their order
 * @param <S> scenario
 * @param <M> milestone
 */
record Comparison<S, M>(Map<S, Samples<M>> samples, M end, List<M> milestones) {
    double median(S scenario) {
        Samples<M> values = samples.get(scenario);
        return values == null ? Double.NaN : values.median(end);
    }

    static String bars() {
        return "\n| bar | allowed | measured | |\n|---|---|---|---|\n";
    }

    /** How much later one is than the other, and how much that may be, in seconds. */
    String bar(String name, S later, S earlier, double allowed) {
        double difference = median(later) - median(earlier);
        return String.format(
                Locale.ROOT,
                "| %s | %.1f | %.2f | %s |\n",
                name,
                allowed,
                difference,
                difference <= allowed ? "reached" : "**missed**");
    }

    /** The median of each milestone. */
    String breakdown() {
        StringBuilder text = new StringBuilder("| pod on | ")
                .append(milestones.stream().map(String::valueOf).collect(Collectors.joining(" | ")))
                .append(" |\n|---|")
                .append("---|".repeat(milestones.size()))
                .append('\n');
        samples.forEach((scenario, values) -> text.append("| ")
                .append(scenario)
                .append(" | ")
                .append(milestones.stream()
                        .map(milestone -> Samples.text(values.median(milestone)))
                        .collect(Collectors.joining(" | ")))
                .append(" |\n"));
        return text.toString();
    }
}
