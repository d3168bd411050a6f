package dev.sluice.e2e.bench;

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The results in Markdown.
 *
 * @param microseconds medians of random reads, by round trip
 * @param rates MiB a second in order, by round trip
 */
record ReadsReport(Run run, Map<Duration, Samples<ReadKind>> microseconds, Map<Duration, Samples<ScanKind>> rates) {
    private static final double OF_THE_DISK = 1.2;
    private static final double OF_THE_SCAN = 0.8;

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("## Reads of what has not arrived\n\n")
                .append(
                        "`e2e/lab bench reads`. A clone of a raw volume of 256 MiB of random bytes, paused before anything is copied, beside the iSCSI disk")
                .append(" that feeds it: a read of that is one round trip and the read at the source. ")
                .append(run.text())
                .append(
                        "\n\nMedian latency in microseconds of random reads of 4 KiB past the page cache, one at a time. The writes beside are 20 a second,")
                .append(
                        " each followed by an fsync, to another part of the volume, or to a thin volume of the same pool.\n\n");
        header(text, microseconds.keySet());
        for (ReadKind kind : ReadKind.values()) {
            row(text, kind.toString(), microseconds, values -> values.medianAndSpread(kind));
        }
        text.append(
                "\nMiB a second of a scan from the beginning, through the page cache with nothing in it, in reads of 128 KiB; stopped after 192 MiB or 5 s.\n\n");
        header(text, rates.keySet());
        for (ScanKind kind : ReadDevices.kinds()) {
            row(text, kind.text(), rates, values -> values.medianAndSpread(kind));
        }
        return text.append(bars()).toString();
    }

    private static void header(StringBuilder text, Iterable<Duration> trips) {
        text.append("| |");
        trips.forEach(
                trip -> text.append(" round trip + ").append(trip.toMillis()).append(" ms |"));
        text.append("\n|---|");
        trips.forEach(trip -> text.append("---|"));
        text.append('\n');
    }

    private static <M> void row(
            StringBuilder text, String name, Map<Duration, Samples<M>> measured, Function<Samples<M>, String> cell) {
        text.append("| ")
                .append(name)
                .append(measured.values().stream().map(cell).collect(Collectors.joining(" | ", " | ", " |\n")));
    }

    private String bars() {
        Bars bars = new Bars();
        microseconds.forEach((trip, values) -> {
            bars.atMost(
                    "a read of what has not arrived at + %d ms, part of a read of the disk".formatted(trip.toMillis()),
                    OF_THE_DISK,
                    values.median(ReadKind.CLONE) / values.median(ReadKind.DISK));
            bars.atMost(
                    "the same beside writes with fsync",
                    OF_THE_DISK,
                    values.median(ReadKind.CLONE_BESIDE_WRITES) / values.median(ReadKind.DISK_BESIDE_WRITES));
        });
        rates.forEach((trip, values) -> bars.atLeast(
                "a scan at + %d ms, part of a scan of the disk".formatted(trip.toMillis()),
                OF_THE_SCAN,
                values.median(ScanKind.CLONE) / values.median(ScanKind.DISK)));
        return bars.markdown();
    }
}
