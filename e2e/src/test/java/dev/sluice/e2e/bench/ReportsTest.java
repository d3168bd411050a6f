package dev.sluice.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.e2e.bench.EstimateBench.Estimate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Bars are reached or missed by computation. */
class ReportsTest {
    private static final Run RUN = new Run("a machine", "2026-01-01", 1);

    @Test
    void hydrationIsJudgedAgainstWhatDdGetsAtTheSameRoundTrip() {
        Map<Duration, Samples<CopySetting>> settings =
                Map.of(Duration.ofMillis(10), samples(Map.of(CopySetting.LIMIT, 100.0, CopySetting.KERNEL, 10.0)));
        Map<Fill, Map<Duration, Samples<HydrateReport.Figure>>> clones = Map.of(
                Fill.FULL,
                Map.of(Duration.ofMillis(10), hydrated(2, 160)),
                Fill.FILES,
                Map.of(Duration.ZERO, hydrated(2, 205)),
                Fill.SPARSE,
                Map.of(Duration.ZERO, hydrated(2.5, 205)));
        List<Estimate> estimates = List.of(estimate(0.1, 90, 45), estimate(0.5, 33, 30), estimate(0.9, 1, 4));

        String text = new HydrateReport(RUN, settings, clones, estimates).markdown();

        assertThat(text)
                .contains("dm-clone 64 KiB, batch 1, threshold 1: the kernel's defaults | 10 (0.10), 10.00 to 10.00 |")
                .contains(
                        "| a clone of a full raw volume at + 10 ms, part of what dd gets | at least 0.75 | 0.80 | reached |")
                .contains("over the wire, part of 200 MiB | at most 1.05 | 1.025 | reached |")
                .contains("part of what the 200 MiB in 1 GiB take | at most 1.20 | 1.25 | **missed** |")
                .contains("| 10 % | 90.0 | 45.0 | +100 % |")
                .contains("worst deviation | at most 0.20 | 0.10 | reached |");
    }

    @Test
    void readsAreJudgedAgainstThoseOfTheDisk() {
        Duration trip = Duration.ofMillis(1);
        String text = new ReadsReport(
                        RUN,
                        Map.of(trip, samples(Map.of(ReadKind.DISK, 1000.0, ReadKind.CLONE, 1300.0))),
                        Map.of(trip, samples(Map.of(ScanKind.DISK, 100.0, ScanKind.CLONE, 90.0))))
                .markdown();

        assertThat(text)
                .contains("at + 1 ms, part of a read of the disk | at most 1.20 | 1.30 | **missed** |")
                .contains("| the same beside writes with fsync | at most 1.20 | - | not measured |")
                .contains("| a scan at + 1 ms, part of a scan of the disk | at least 0.80 | 0.90 | reached |");
    }

    @Test
    void theSwapIsJudgedByItsWorstRoundAndTheMedianOfThePairs() {
        Samples<SwapReport.Figure> swaps = new Samples<>();
        swaps.add(Map.of(SwapReport.Figure.LONGEST_AT_THE_SWAP, 20.0));
        swaps.add(Map.of(SwapReport.Figure.LONGEST_AT_THE_SWAP, 120.0));
        var pairs =
                List.of(new SwapReport.Pair(100, 100), new SwapReport.Pair(995, 1000), new SwapReport.Pair(50, 100));

        assertThat(new SwapReport(RUN, swaps, pairs).markdown())
                .contains("(the worst round) | at most 100.00 | 120.00 | **missed** |")
                .contains("(median pair) | at least 0.990 | 0.995 | reached |");
    }

    @Test
    void aGovernedPodIsJudgedAgainstTheHydratedVolume() {
        Map<GovernReport.Figure, Double> governed =
                GovernReport.figures("2000000000 67108864 true\n1000 800.5 2500 9000");
        Map<GovernReport.Figure, Double> before = GovernReport.figures("1000000000 0 false\n500 700 2100 3000");
        Map<GovernReport.Figure, Double> after = GovernReport.figures("1000000000 0 false\n500 700 1900 3000");
        governed.put(GovernReport.Figure.P99_PART, GovernReport.part(before, governed, after));

        String text = new GovernReport(
                        RUN,
                        Map.of(
                                8,
                                Map.of(
                                        GovernReport.State.GOVERNED,
                                        samples(governed),
                                        GovernReport.State.BEFORE,
                                        samples(before))))
                .markdown();

        assertThat(text)
                .contains(
                        "| 8 | copying, governed | 2.00 (2.00 to 2.00) | 32.0 | 500 | 800.50 | 2500.00 (2500.00 to 2500.00) | 9.00 |")
                .contains(
                        "| 8 | hydrated, just before the next | - | 0.0 | 500 | 700.00 | 2100.00 (2100.00 to 2100.00) | 3.00 |")
                .contains("(median of the rounds: 1.25 to 1.25) | at most 1.25 | 1.25 | reached |");
    }

    private static Samples<HydrateReport.Figure> hydrated(double seconds, double mebibytes) {
        long bytes = (long) (mebibytes * (1 << 20));
        return samples(HydrateReport.figures(4, new HydrationBench.Result(seconds, bytes, bytes)));
    }

    private static Estimate estimate(double progress, long foretold, long actual) {
        return new Estimate(progress, Duration.ofSeconds(foretold), Duration.ofSeconds(actual));
    }

    private static <M> Samples<M> samples(Map<M, Double> values) {
        Samples<M> samples = new Samples<>();
        samples.add(values);
        return samples;
    }
}
