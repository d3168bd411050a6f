package dev.sluice.e2e.bench;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import dev.sluice.names.Names;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What background copying costs a busy pod, and a busy pod the copying. Timings are written to docs/benchmarks.md, never asserted. */
@EndToEnd
class BenchGovern {
    static final int LONGEST_SECONDS = 60;

    private static final int ROUNDS = Rounds.orElse(3);
    private static final List<Integer> DEPTHS = List.of(1, 8, 32);
    private static final Fill SOURCE = Fill.FULL;

    /** Bytes that the load does not write. */
    private static final long UNTOUCHED = 192L << 20;

    /** Nothing is guaranteed to either side. */
    private static final Map<String, String> UNGOVERNED = Map.of("minBytesPerSecond", "1", "latencyBudget", "1000");

    private final Map<Integer, Map<GovernReport.State, Samples<GovernReport.Figure>>> measured = new LinkedHashMap<>();

    @Test
    void copyingBesideABusyPod(Sandbox sandbox) {
        String ungoverned = sandbox.storageClass("ungoverned", Sandbox.FIRST_CONSUMER, UNGOVERNED);
        SOURCE.make(sandbox, "sluice");
        Workload hydrated = SOURCE.clone(sandbox, "sluice", "hydrated");
        sandbox.hydration("hydrated").await(HydrationPhase.HYDRATED);
        for (int round = 1; round <= ROUNDS; round++) {
            for (int depth : DEPTHS) {
                String name = "r%d-%d-".formatted(round, depth);
                add(depth, GovernReport.State.UNGOVERNED, copying(sandbox, ungoverned, name + "ungoverned", depth));
                Map<GovernReport.Figure, Double> before = steady(sandbox, "hydrated", depth);
                Map<GovernReport.Figure, Double> governed = copying(sandbox, "sluice", name + "governed", depth);
                Map<GovernReport.Figure, Double> after = steady(sandbox, "hydrated", depth);
                governed.put(GovernReport.Figure.P99_PART, GovernReport.part(before, governed, after));
                add(depth, GovernReport.State.BEFORE, before);
                add(depth, GovernReport.State.GOVERNED, governed);
                add(depth, GovernReport.State.AFTER, after);
            }
        }
        hydrated.stop();
        Run.write("bench govern", new GovernReport(Run.of(sandbox.cluster(), ROUNDS), measured).markdown());
    }

    private void add(int depth, GovernReport.State state, Map<GovernReport.Figure, Double> figures) {
        System.err.printf("queue depth %d, %s: %s%n", depth, state, figures);
        measured.computeIfAbsent(depth, key -> new EnumMap<>(GovernReport.State.class))
                .computeIfAbsent(state, key -> new Samples<>())
                .add(figures);
    }

    private static Map<GovernReport.Figure, Double> steady(Sandbox sandbox, String name, int depth) {
        return GovernReport.figures(sandbox.node(1).sh(load(sandbox.volumeId(name), depth) + """
                sleep 5
                begin=$(now)
                sleep 10
                end=$(now)
                load_end
                echo $((end - begin)) 0 false
                load_seen $begin $end
                """));
    }

    /**
     * From when the first copies come, beside the load or in windows, until nothing is missing, or as long as one may wait. The load
     * begins before.
     */
    private static Map<GovernReport.Figure, Double> copying(
            Sandbox sandbox, String storageClass, String name, int depth) {
        Workload pod = SOURCE.clone(sandbox, storageClass, name);
        Node home = sandbox.node(1);
        String volume = sandbox.volumeId(name);
        String figures = home.sh(load(volume, depth)
                + """
                engine=%1$s
                while [ $(missing_bytes $engine) -gt %3$d ]; do pause 0.5; done
                missing=$(missing_bytes $engine)
                while [ $(missing_bytes $engine) = $missing ]; do pause 0.5; done
                begin=$(now)
                # Asleep until the engine is complete: a look from here would be felt by the load.
                ended=false
                timeout %2$d dmsetup wait --noflush $engine >&2 && ended=true
                end=$(now)
                if [ $ended = true ]; then left=0; [ $(missing $engine) = 0 ]; else left=$(missing_bytes $engine); fi
                load_end
                echo $((end - begin)) $((missing - left)) $ended
                load_seen $begin $end
                """.formatted(Names.cloneDevice(Names.copy(volume, 1)), LONGEST_SECONDS, UNTOUCHED));
        pod.stop();
        sandbox.deleteClaim(name);
        return GovernReport.figures(figures);
    }

    private static String load(String volume, int depth) {
        return Engine.FUNCTIONS + FioLog.FUNCTIONS + """
                set -e
                outer=$(kernel_name %s)
                load_begin --filename=/dev/$outer --rw=randrw --offset=75%% --size=25%% --iodepth=%d
                """.formatted(Names.outerDevice(volume), depth);
    }
}
