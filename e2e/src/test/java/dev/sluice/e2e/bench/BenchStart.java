package dev.sluice.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.Volume;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.MarkdownSection;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How much later than on an empty volume a pod runs on a clone. Timings are written to docs/benchmarks.md, never asserted. */
@EndToEnd
class BenchStart {
    private static final int ROUNDS = Rounds.orElse(7);
    private static final Duration GONE = Duration.ofSeconds(60);
    private static final Duration PREPARATION = Duration.ofMinutes(15);
    private static final String HUNDRED_THOUSAND_FILES =
            "cd /many; for d in $(seq 100); do mkdir $d; for f in $(seq 1000); do echo $f >$d/$f; done; done; sync";

    @Test
    void fromApplyToARunningPod(Sandbox sandbox) {
        prepareSources(sandbox);
        int standing = volumes(sandbox);
        Map<Scenario, Samples<Milestone>> samples = new EnumMap<>(Scenario.class);
        // Round 0 warms caches and code and is not counted.
        for (int round = 0; round <= ROUNDS; round++) {
            for (Scenario scenario : Scenario.values()) {
                Map<Milestone, Double> timeline = measure(sandbox, scenario, "m" + round + "-" + scenario.ordinal());
                System.err.printf("round %d, %s: %s%n", round, scenario, timeline);
                if (round > 0) {
                    samples.computeIfAbsent(scenario, key -> new Samples<>()).add(timeline);
                }
                await("the volume is gone again").atMost(GONE).until(() -> volumes(sandbox) == standing);
            }
        }
        String date = LocalDate.now(Clock.systemUTC()).toString();
        MarkdownSection section = MarkdownSection.of("benchmarks.md", "bench start");
        section.write(new StartReport(Machine.describe(sandbox.cluster()), date, ROUNDS, samples).markdown());
        assertThat(section.page()).content().contains(date);
    }

    private static Map<Milestone, Double> measure(Sandbox sandbox, Scenario scenario, String name) {
        PodRequest request = PodRequest.named(name).on(sandbox.node(1).name()).mounting(name, "/data");
        Workload pod;
        Map<Milestone, Double> timeline;
        try (var watching = new StartTimeline(sandbox.cluster().client(), sandbox.namespace(), name)) {
            sandbox.claim(scenario.claim(name));
            pod = sandbox.submit(scenario.withFsGroup() ? request.withFsGroup(Scenario.FS_GROUP) : request);
            timeline = watching.awaitRunning();
        }
        pod.stop();
        sandbox.deleteClaim(name);
        return timeline;
    }

    private static void prepareSources(Sandbox sandbox) {
        sandbox.claim(ClaimRequest.named("small").ofSize("1Gi"));
        sandbox.claim(ClaimRequest.named("large").ofSize("3Gi"));
        sandbox.claim(ClaimRequest.named("one").ofSize("3Gi"));
        sandbox.claim(ClaimRequest.named("many").ofSize("3Gi"));
        String node = sandbox.node(0).name();
        Workload data = sandbox.start(
                PodRequest.named("data").on(node).mounting("small", "/small").mounting("large", "/large"));
        fill(data, "dd if=/dev/urandom of=/small/file bs=1M count=256 conv=fsync");
        fill(data, "dd if=/dev/urandom of=/large/file bs=1M count=2048 conv=fsync");
        Workload files = sandbox.start(PodRequest.named("files")
                .on(node)
                .mounting("one", "/one")
                .mounting("many", "/many")
                .withFsGroup(Scenario.FS_GROUP));
        fill(files, "echo 1 >/one/1; sync");
        fill(files, HUNDRED_THOUSAND_FILES);
    }

    private static void fill(Workload pod, String script) {
        pod.tryExec(PREPARATION, script).orFail(script);
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
