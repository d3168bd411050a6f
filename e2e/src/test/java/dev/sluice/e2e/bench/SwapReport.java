package dev.sluice.e2e.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The results in Markdown.
 */
record SwapReport(Run run, Samples<Figure> swaps, List<Pair> pairs) {
    private static final double LONGEST_PAUSE = 100;
    private static final double PART_OF_THE_THIN_VOLUME = 0.99;

    /** Of one swap: milliseconds, I/Os a second. */
    enum Figure {
        LONGEST_AT_THE_SWAP,
        RATE_AT_THE_SWAP,
        LONGEST_AFTER,
        RATE_AFTER
    }

    /** I/Os a second of the volume, and right before or after of the thin volume beneath. */
    record Pair(double volume, double thin) {
        double part() {
            return volume / thin;
        }
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("## The swap at the end, under load\n\n")
                .append(
                        "`e2e/lab bench swap`. fio reads and writes 4 KiB at random places of a raw volume of 256 MiB, past the page cache, 32 at")
                .append(
                        " once, from before it is copied until after the swap to the linear table. Every I/O is in a log: none failed, or the run")
                .append(
                        " would have. \"At the swap\" begins when nothing is missing any more and the volume is finished, and ends a second")
                .append(
                        " after the swap; \"afterwards\" are 4 s that begin 5 s after it. The longest I/O contains the pause, and whatever else the node did. After each swap the table was")
                .append(
                        " linear only, and no metadata volume, engine, source or session was left: the run would have failed else. ")
                .append(run.text())
                .append("\n\n| | at the swap | afterwards |\n|---|---|---|\n");
        row(text, "longest I/O, ms", Figure.LONGEST_AT_THE_SWAP, Figure.LONGEST_AFTER);
        row(text, "I/Os a second", Figure.RATE_AT_THE_SWAP, Figure.RATE_AFTER);
        text.append(
                        "\nRandom reads of 4 KiB, " + BenchSwap.DEPTH
                                + " at once, of the volume after its swap and of the bare thin volume beneath, a second by turns; a pair is the mean of ")
                .append(BenchSwap.TURNS / 2)
                .append(" seconds of each:\n\n")
                .append("| the volume, I/Os a second | the thin volume | part |\n|---|---|---|\n");
        pairs.forEach(pair -> text.append(
                String.format(Locale.ROOT, "| %.0f | %.0f | %.3f |%n", pair.volume(), pair.thin(), pair.part())));
        return text.append(new Bars()
                        .atMost(
                                "longest I/O around the swap, ms (the worst round)",
                                LONGEST_PAUSE,
                                swaps.largest(Figure.LONGEST_AT_THE_SWAP))
                        .atLeast(
                                "the volume after its swap, part of the thin volume (median pair)",
                                PART_OF_THE_THIN_VOLUME,
                                medianPart())
                        .markdown())
                .toString();
    }

    private void row(StringBuilder text, String name, Figure swap, Figure after) {
        text.append("| %s | %s | %s |\n".formatted(name, swaps.medianAndSpread(swap), swaps.medianAndSpread(after)));
    }

    private double medianPart() {
        Samples<Figure> parts = new Samples<>();
        pairs.forEach(pair -> parts.add(Map.of(Figure.RATE_AFTER, pair.part())));
        return parts.median(Figure.RATE_AFTER);
    }
}
