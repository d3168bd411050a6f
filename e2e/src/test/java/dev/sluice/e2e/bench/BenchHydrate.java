package dev.sluice.e2e.bench;

import static org.awaitility.Awaitility.await;

import dev.sluice.api.HydrationPhase;
import dev.sluice.api.Volume;
import dev.sluice.e2e.cluster.Faults;
import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * How fast dm-clone hydrates, by its settings and the way to the origin, beside dd over the same way; how fast the driver does; and how true
 * its estimates are. Timings are written to docs/benchmarks.md, never asserted.
 */
@EndToEnd
@NeedsLab("it makes the way to the origin longer")
class BenchHydrate {
    private static final int ROUNDS = Rounds.orElse(5);
    private static final Duration GONE = Duration.ofSeconds(120);
    private static final String CLASS = "sluice";

    private final Map<Fill, Map<Duration, Samples<HydrateReport.Figure>>> clones = new LinkedHashMap<>();
    private final Map<Duration, Samples<CopySetting>> settings = new LinkedHashMap<>();

    /** A clone whose pod runs, and for which nothing is copied yet. */
    private record Waiting(Fill fill, Duration roundTrip, String name, Workload pod, double secondsToPod) {}

    @Test
    void hydrationBesideDd(Sandbox sandbox) {
        for (Fill fill : Fill.values()) {
            fill.make(sandbox, CLASS);
        }
        List<EstimateBench.Estimate> estimates = EstimateBench.run(sandbox);
        Workload held = Fill.FULL.clone(sandbox, CLASS, "held");
        sandbox.hydration("held").pause(true);
        sandbox.hydration("held").await(HydrationPhase.PAUSED);
        int standing = volumes(sandbox);
        try (CopyBench bench = CopyBench.open(sandbox.node(1), sandbox.volumeId("held"), Fill.FULL.bytes())) {
            bench.measure(CopySetting.LIMIT);
            for (int round = 1; round <= ROUNDS; round++) {
                List<Waiting> waiting = startClones(sandbox, round);
                for (Duration roundTrip : RoundTrips.ALL) {
                    try (Faults.Delay _ = RoundTrips.lengthen(sandbox, roundTrip)) {
                        measureSettings(bench, round, roundTrip);
                        waiting.stream()
                                .filter(clone -> clone.roundTrip().equals(roundTrip))
                                .forEach(clone -> measure(sandbox, clone));
                    }
                }
                waiting.forEach(clone -> clone.pod().delete());
                waiting.forEach(clone -> sandbox.deleteClaim(clone.name()));
                await("the clones are gone again").atMost(GONE).until(() -> volumes(sandbox) == standing);
            }
        }
        held.stop();
        Run.write(
                "bench hydrate",
                new HydrateReport(Run.of(sandbox.cluster(), ROUNDS), settings, clones, estimates).markdown());
    }

    private void measureSettings(CopyBench bench, int round, Duration roundTrip) {
        for (CopySetting setting : CopySetting.all()) {
            double rate = bench.measure(setting);
            System.err.printf("round %d, %s, %s: %.1f MiB/s%n", round, roundTrip, setting.text(), rate);
            settings.computeIfAbsent(roundTrip, key -> new Samples<>()).add(Map.of(setting, rate));
        }
    }

    /** All before anything is measured: no clone's start is in the way of another's copying. */
    private static List<Waiting> startClones(Sandbox sandbox, int round) {
        List<Waiting> waiting = new ArrayList<>();
        for (Duration roundTrip : RoundTrips.ALL) {
            // What is in a volume says how much is copied; how fast that comes over a longer way one of them tells.
            for (Fill fill : roundTrip.isZero() ? Fill.values() : new Fill[] {Fill.FULL}) {
                String name = "r%d-%d-%d".formatted(round, roundTrip.toMillis(), fill.ordinal());
                try (var watching = new StartTimeline(sandbox.cluster().client(), sandbox.namespace(), name)) {
                    Workload pod = fill.submitClone(sandbox, CLASS, name);
                    double seconds =
                            Objects.requireNonNull(watching.awaitRunning().get(Milestone.RUNNING));
                    sandbox.hydration(name).pause(true);
                    waiting.add(new Waiting(fill, roundTrip, name, pod, seconds));
                }
            }
        }
        waiting.forEach(clone -> sandbox.hydration(clone.name()).await(HydrationPhase.PAUSED));
        return waiting;
    }

    private void measure(Sandbox sandbox, Waiting clone) {
        HydrationBench.Result result = new HydrationBench(sandbox.node(1), sandbox.volumeId(clone.name()))
                .measure(() -> sandbox.hydration(clone.name()).pause(false));
        System.err.printf("%s, %s: %s%n", clone.roundTrip(), clone.fill(), result);
        clones.computeIfAbsent(clone.fill(), key -> new LinkedHashMap<>())
                .computeIfAbsent(clone.roundTrip(), key -> new Samples<>())
                .add(HydrateReport.figures(clone.secondsToPod(), result));
        sandbox.hydration(clone.name()).await(HydrationPhase.HYDRATED);
    }

    private static int volumes(Sandbox sandbox) {
        return sandbox.cluster()
                .client()
                .resources(Volume.class)
                .list()
                .getItems()
                .size();
    }
}
