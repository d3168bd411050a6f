package dev.sluice.e2e.bench;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The results in Markdown.
 *
 * @param settings MiB a second of each way to copy, by round trip
 * @param clones what clones took, by round trip
 */
record HydrateReport(
        String machine,
        String date,
        int rounds,
        Map<Duration, Samples<CopySetting>> settings,
        Map<Fill, Map<Duration, Samples<Figure>>> clones) {
    private static final double MEBIBYTE = 1 << 20;

    /** What is told of a clone. */
    enum Figure {
        SECONDS,
        COPIED_MEBIBYTES,
        WIRE_MEBIBYTES,
        RATE
    }

    static Map<Figure, Double> figures(HydrationBench.Result result) {
        return Map.of(
                Figure.SECONDS,
                result.seconds(),
                Figure.COPIED_MEBIBYTES,
                result.copiedBytes() / MEBIBYTE,
                Figure.WIRE_MEBIBYTES,
                result.wireBytes() / MEBIBYTE,
                Figure.RATE,
                result.copiedBytes() / MEBIBYTE / result.seconds());
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("## Hydration\n\n")
                .append("`e2e/lab bench hydrate`. Two nodes, thin pools, iSCSI with mutual CHAP. Median of ")
                .append(rounds)
                .append(" and spread, all in one run, everything by turns. Measured ")
                .append(date)
                .append(" with ")
                .append(machine)
                .append(
                        "\n\nMiB a second from one iSCSI disk of 256 MiB of random bytes, the origin of a clone that is paused, into an empty thin"
                                + " volume of the clone's node, in brackets the part of what one `dd` gets at the same round trip. What takes more"
                                + " than 8 s is stopped then. `dd` reads and writes past the page cache. The round trip is what the network is made"
                                + " longer by.\n\n");
        row(text, "", trip -> "round trip + " + trip.toMillis() + " ms");
        text.append("|---|").append("---|".repeat(settings.size())).append('\n');
        for (CopySetting setting : CopySetting.all()) {
            row(text, setting.text(), trip -> rate(at(settings, trip), setting));
        }
        text.append(plot());
        text.append(
                "\nClones by the driver, from when it switches copying on until the engine says that nothing is missing; a clone of each"
                        + " kind for each measurement, with a pod that does nothing. Seconds, MiB a second in brackets. A pod can use its volume"
                        + " before any of that; a copy by `dd` of the whole volume would have it wait as long as that takes.\n\n");
        text.append("| volume | round trip | copied | over the wire | seconds |\n|---|---|---|---|---|\n");
        clones.forEach((fill, values) -> values.forEach((trip, figures) ->
                text.append("| %s | + %d ms | %s |\n".formatted(fill, trip.toMillis(), clone(figures)))));
        text.append("\n| bar | allowed | measured | |\n|---|---|---|---|\n");
        settings.keySet().forEach(trip -> text.append(bar(trip)));
        return text.toString();
    }

    private void row(StringBuilder text, String name, Function<Duration, String> cell) {
        text.append("| ")
                .append(name)
                .append(settings.keySet().stream().map(cell).collect(Collectors.joining(" | ", " | ", " |\n")));
    }

    private static <M> Samples<M> at(Map<Duration, Samples<M>> measured, Duration trip) {
        return measured.getOrDefault(trip, new Samples<>());
    }

    private static String rate(Samples<CopySetting> values, CopySetting setting) {
        return String.format(
                Locale.ROOT,
                "%.0f (%.2f), %s",
                values.median(setting),
                values.median(setting) / values.median(CopySetting.LIMIT),
                values.spread(setting));
    }

    private static String clone(Samples<Figure> values) {
        return String.format(
                Locale.ROOT,
                "%.0f MiB | %.0f MiB | %.2f, %s (%.0f)",
                values.median(Figure.COPIED_MEBIBYTES),
                values.median(Figure.WIRE_MEBIBYTES),
                values.median(Figure.SECONDS),
                values.spread(Figure.SECONDS),
                values.median(Figure.RATE));
    }

    /** Against what is written in the requirements: 0.9 of dd, 0.75 from a round trip of 10 ms on. */
    private String bar(Duration trip) {
        double allowed = trip.toMillis() < 10 ? 0.9 : 0.75;
        double measured = at(clones.getOrDefault(Fill.FULL, Map.of()), trip).median(Figure.RATE)
                / at(settings, trip).median(CopySetting.LIMIT);
        return String.format(
                Locale.ROOT,
                "| a clone of a full raw volume at + %d ms, part of what dd gets | %.2f | %.2f | %s |\n",
                trip.toMillis(),
                allowed,
                measured,
                measured >= allowed ? "reached" : "**missed**");
    }

    private String plot() {
        List<CopySetting> regions = CopySetting.byRegion();
        StringBuilder text = new StringBuilder(
                        "\n```mermaid\nxychart-beta\n  title \"MiB a second by region size, round trips of ")
                .append(settings.keySet().stream()
                        .map(trip -> "+ " + trip.toMillis())
                        .collect(Collectors.joining(", ")))
                .append(" ms\"\n  x-axis [")
                .append(regions.stream()
                        .map(each -> '"' + String.valueOf(each.regionKibibytes()) + " KiB\"")
                        .collect(Collectors.joining(", ")))
                .append("]\n  y-axis \"MiB/s\"\n");
        settings.values()
                .forEach(values -> text.append("  line [")
                        .append(regions.stream()
                                .map(each -> String.format(Locale.ROOT, "%.1f", values.median(each)))
                                .collect(Collectors.joining(", ")))
                        .append("]\n"));
        return text.append("```\n").toString();
    }
}
