package dev.sluice.e2e.bench;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * The results in Markdown.
 *
 * @param measured by queue depth
 */
record GovernReport(Run run, Map<Integer, Map<State, Samples<Figure>>> measured) {
    private static final double LATENCY_BUDGET = 1.25;
    private static final double MEBIBYTE = 1 << 20;

    /** Of the volume the load is on. */
    enum State {
        UNGOVERNED("copying, not governed"),
        BEFORE("hydrated, just before the next"),
        GOVERNED("copying, governed"),
        AFTER("hydrated, just after that");

        private final String text;

        State(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** Of one load; latencies in microseconds. */
    enum Figure {
        SECONDS_TO_END,
        COPIED_A_SECOND,
        IOS_A_SECOND,
        MEDIAN,
        P99,
        /** Of the mean of those on the hydrated volume just before and just after. */
        P99_PART,
        LONGEST
    }

    static double part(Map<Figure, Double> before, Map<Figure, Double> copying, Map<Figure, Double> after) {
        return 2 * p99(copying) / (p99(before) + p99(after));
    }

    private static double p99(Map<Figure, Double> figures) {
        return figures.getOrDefault(Figure.P99, Double.NaN);
    }

    /** @param output nanoseconds, bytes that came, and whether that was all; and what load_seen prints */
    static Map<Figure, Double> figures(String output) {
        String[] lines = output.strip().split("\n", -1);
        String[] copying = lines[0].split(" ", -1);
        double seconds = Long.parseLong(copying[0]) / 1e9;
        FioLog.Seen seen = FioLog.Seen.parse(lines[1], seconds);
        Map<Figure, Double> figures = new EnumMap<>(Map.of(
                Figure.COPIED_A_SECOND,
                Long.parseLong(copying[1]) / MEBIBYTE / seconds,
                Figure.IOS_A_SECOND,
                seen.perSecond(),
                Figure.MEDIAN,
                seen.median(),
                Figure.P99,
                seen.p99(),
                Figure.LONGEST,
                seen.longest()));
        if (Boolean.parseBoolean(copying[2])) {
            figures.put(Figure.SECONDS_TO_END, seconds);
        }
        return figures;
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("## A busy pod and background copying\n\n")
                .append(
                        "`e2e/lab bench govern`. fio reads and writes 4 KiB at random places in the last quarter of a raw volume of 256 MiB, past the page")
                .append(
                        " cache. Its latencies are those from when copying begins, some seconds after the load, until nothing is missing, or ")
                .append(BenchGovern.LONGEST_SECONDS)
                .append(
                        " s; of a volume that is not copied, of 10 s, just before and just after each governed copy: what else the machine does meets both, and each copy is held against the mean of these two. Not governed: `minBytesPerSecond` 1 and `latencyBudget` 1000. Governed: the")
                .append(" defaults. A dash: not hydrated by then. ")
                .append(run.text())
                .append(
                        "\n\n| queue depth | volume | hydrated after, s | MiB/s that came | I/Os a second | median, us | p99, us | longest, ms |\n")
                .append("|---|---|---|---|---|---|---|---|\n");
        measured.forEach((depth, states) -> states.forEach(
                (state, values) -> text.append("| %d | %s | %s |\n".formatted(depth, state, row(values)))));
        Bars bars = new Bars();
        measured.forEach((depth, states) -> {
            Samples<Figure> governed = states.getOrDefault(State.GOVERNED, new Samples<>());
            bars.atMost(
                    "queue depth %d: p99 while copied and governed, part of that of the hydrated volume (median of the rounds: %s)"
                            .formatted(depth, governed.spread(Figure.P99_PART)),
                    LATENCY_BUDGET,
                    governed.median(Figure.P99_PART));
        });
        return text.append(bars.markdown()).toString();
    }

    private static String row(Samples<Figure> values) {
        return String.format(
                Locale.ROOT,
                "%s | %.1f | %.0f | %s | %s | %s",
                values.medianAndSpread(Figure.SECONDS_TO_END),
                values.median(Figure.COPIED_A_SECOND),
                values.median(Figure.IOS_A_SECOND),
                Samples.text(values.median(Figure.MEDIAN)),
                values.medianAndSpread(Figure.P99),
                Samples.text(values.median(Figure.LONGEST) / 1e3));
    }
}
