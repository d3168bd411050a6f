package dev.sluice.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.Faults;
import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.MarkdownSection;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * How fast dm-clone hydrates, by its settings and the way to the origin, beside dd over the same way; and how fast the driver does. Timings are
 * written to docs/benchmarks.md, never asserted.
 */
@EndToEnd
@NeedsLab("it makes the way to the origin longer")
class BenchHydrate {
    private static final int ROUNDS = Integer.getInteger("sluice.bench.rounds", 5);
    private static final List<Duration> ROUND_TRIPS =
            List.of(Duration.ZERO, Duration.ofMillis(1), Duration.ofMillis(10));

    @Test
    void hydrationBesideDd(Sandbox sandbox) {
        Map<Fill, Map<Duration, Samples<HydrateReport.Figure>>> clones = new LinkedHashMap<>();
        Map<Duration, Samples<CopySetting>> settings = new LinkedHashMap<>();
        for (Fill fill : Fill.values()) {
            fill(sandbox, fill);
        }
        String held = hold(sandbox);
        try (CopyBench bench = CopyBench.open(sandbox.node(1), held, Fill.FULL.bytes())) {
            for (int round = 0; round <= ROUNDS; round++) {
                for (Duration roundTrip : ROUND_TRIPS) {
                    try (Faults.Delay _ = delay(sandbox, roundTrip)) {
                        measureSettings(bench, round, roundTrip, settings);
                        measureClones(sandbox, round, roundTrip, clones);
                    }
                }
            }
        }
        sandbox.hydration("held").pause(false);
        sandbox.hydration("held").await(HydrationPhase.HYDRATED);
        String date = LocalDate.now(Clock.systemUTC()).toString();
        MarkdownSection section = MarkdownSection.of("benchmarks.md", "bench hydrate");
        section.write(
                new HydrateReport(Machine.describe(sandbox.cluster()), date, ROUNDS, settings, clones).markdown());
        assertThat(section.page()).content().contains("bench hydrate: begin");
    }

    /** Round 0 warms caches and code and is not counted. */
    private static void measureSettings(
            CopyBench bench, int round, Duration roundTrip, Map<Duration, Samples<CopySetting>> settings) {
        for (CopySetting setting : CopySetting.all()) {
            double rate = bench.measure(setting);
            System.err.printf("round %d, %s, %s: %.1f MiB/s%n", round, roundTrip, setting.text(), rate);
            if (round > 0) {
                settings.computeIfAbsent(roundTrip, key -> new Samples<>()).add(Map.of(setting, rate));
            }
        }
    }

    private static void measureClones(
            Sandbox sandbox,
            int round,
            Duration roundTrip,
            Map<Fill, Map<Duration, Samples<HydrateReport.Figure>>> clones) {
        // What is in a volume says how much is copied; how fast that comes over a longer way one of them tells.
        List<Fill> fills = roundTrip.isZero() ? List.of(Fill.values()) : List.of(Fill.FULL);
        for (Fill fill : fills) {
            HydrationBench.Result result =
                    measure(sandbox, fill, "r" + round + "-" + roundTrip.toMillis() + "-" + fill.ordinal());
            System.err.printf("round %d, %s, %s: %s%n", round, roundTrip, fill, result);
            if (round > 0) {
                clones.computeIfAbsent(fill, key -> new LinkedHashMap<>())
                        .computeIfAbsent(roundTrip, key -> new Samples<>())
                        .add(HydrateReport.figures(result));
            }
        }
    }

    private static HydrationBench.Result measure(Sandbox sandbox, Fill fill, String name) {
        Node home = sandbox.node(1);
        sandbox.claim(fill.request(name).cloneOf(fill.claim()));
        Workload pod = sandbox.start(fill.use(PodRequest.named(name).on(home.name()), name));
        HydrationBench.Result result = new HydrationBench(home, sandbox.volumeId(name)).await();
        sandbox.hydration(name).await(HydrationPhase.HYDRATED);
        pod.stop();
        sandbox.deleteClaim(name);
        return result;
    }

    private static void fill(Sandbox sandbox, Fill fill) {
        Node origin = sandbox.node(0);
        sandbox.claim(fill.request(fill.claim()));
        Workload pod = sandbox.start(fill.use(PodRequest.named(fill.claim()).on(origin.name()), fill.claim()));
        fill.write(pod, origin, sandbox.volumeId(fill.claim()));
    }

    /** A clone whose session stays; answers the id of its volume. */
    private static String hold(Sandbox sandbox) {
        sandbox.claim(Fill.FULL.request("held").cloneOf(Fill.FULL.claim()));
        sandbox.start(Fill.FULL.use(PodRequest.named("held").on(sandbox.node(1).name()), "held"));
        sandbox.hydration("held").pause(true);
        sandbox.hydration("held").await(HydrationPhase.PAUSED);
        return sandbox.volumeId("held");
    }

    /** Each direction takes half of it. */
    private static Faults.Delay delay(Sandbox sandbox, Duration roundTrip) {
        return roundTrip.isZero()
                ? () -> {}
                : sandbox.faults().delay(sandbox.node(1).name(), roundTrip.dividedBy(2));
    }
}
