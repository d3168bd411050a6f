package dev.sluice.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.MarkdownSection;
import dev.sluice.e2e.fixture.Replica;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.StatefulSetRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * How much later than on a driver that does nothing a StatefulSet's pod runs again, on another node. Timings are written to
 * docs/benchmarks.md, never asserted.
 */
@EndToEnd
class BenchMove {
    private static final int ROUNDS = Rounds.orElse(7);
    private static final Duration PREPARATION = Duration.ofMinutes(15);
    private static final Duration HYDRATION = Duration.ofMinutes(15);

    @Test
    void fromTheEndOfAPodToItsSuccessor(Sandbox sandbox) {
        String follow = sandbox.followClass();
        Map<MoveScenario, Samples<MoveMilestone>> samples = new EnumMap<>(MoveScenario.class);
        try (var idle = IdleInstallation.open(sandbox, request(sandbox, MoveScenario.IDLE))) {
            Map<MoveScenario, Replica> replicas = new EnumMap<>(MoveScenario.class);
            replicas.put(MoveScenario.IDLE, idle.replica());
            for (MoveScenario scenario : new MoveScenario[] {MoveScenario.SMALL, MoveScenario.LARGE}) {
                replicas.put(scenario, filled(sandbox, scenario, follow));
            }
            // Round 0 warms caches and code and is not counted.
            for (int round = 0; round <= ROUNDS; round++) {
                measureAll(sandbox, round, replicas, samples);
            }
        }
        String date = LocalDate.now(Clock.systemUTC()).toString();
        MarkdownSection section = MarkdownSection.of("benchmarks.md", "bench move");
        section.write(new MoveReport(Machine.describe(sandbox.cluster()), date, ROUNDS, samples).markdown());
        assertThat(section.page()).content().contains("bench move: begin");
    }

    private static void measureAll(
            Sandbox sandbox,
            int round,
            Map<MoveScenario, Replica> replicas,
            Map<MoveScenario, Samples<MoveMilestone>> samples) {
        Node from = sandbox.node(round % 2);
        Node to = sandbox.node(1 - round % 2);
        replicas.forEach((scenario, replica) -> {
            Map<MoveMilestone, Double> timeline = measure(sandbox, scenario, replica, from, to);
            System.err.printf("round %d, %s, %s to %s: %s%n", round, scenario, from.name(), to.name(), timeline);
            if (round > 0) {
                samples.computeIfAbsent(scenario, key -> new Samples<>()).add(timeline);
            }
        });
    }

    private static Map<MoveMilestone, Double> measure(
            Sandbox sandbox, MoveScenario scenario, Replica replica, Node from, Node to) {
        boolean ours = scenario != MoveScenario.IDLE;
        String volume = ours ? sandbox.volumeId(replica.claim()) : null;
        replica.sendTo(to);
        var journey = new MoveTimeline.Journey(replica.pod().uid(), from.name(), to.name(), volume);
        Map<MoveMilestone, Double> timeline;
        try (var watching = new MoveWatch(
                sandbox.cluster().client(), sandbox.namespace(), replica.pod().name(), journey)) {
            replica.pod().delete();
            timeline = watching.awaitRunning();
        }
        assertThat(replica.pod().node()).isEqualTo(to.name());
        if (ours) {
            // Neither its copying nor an older copy is there when the next is measured.
            sandbox.volume(replica.claim()).awaitAtRest(HYDRATION);
        }
        return timeline;
    }

    private static Replica filled(Sandbox sandbox, MoveScenario scenario, String storageClass) {
        Replica replica = sandbox.submit(request(sandbox, scenario).ofClass(storageClass));
        String script = "dd if=/dev/urandom of=/data/file bs=1M count=%d conv=fsync".formatted(scenario.mebibytes());
        replica.awaitReady().tryExec(PREPARATION, script).orFail(script);
        return replica;
    }

    private static StatefulSetRequest request(Sandbox sandbox, MoveScenario scenario) {
        return StatefulSetRequest.named(scenario.name().toLowerCase(Locale.ROOT))
                .ofSize(scenario.size())
                .on(sandbox.node(0).name());
    }
}
