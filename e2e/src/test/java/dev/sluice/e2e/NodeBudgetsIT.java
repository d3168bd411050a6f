package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.CopyAllowance;
import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.NodeLimit;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What two clones copy together keeps to the limits of their nodes; the kernel's own figures are the witness. */
@EndToEnd
@Execution(ExecutionMode.SAME_THREAD)
class NodeBudgetsIT {
    private static final int MEBIBYTES = 160;
    private static final long LIMIT = 4 * Scene.MEBIBYTE;
    private static final Duration TOLD = Duration.ofSeconds(60);
    private static final Duration OBEYED = Duration.ofSeconds(5);
    private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofSeconds(10);

    @Test
    void twoClonesOfOneNodeShareWhatTheOtherTakesInAndTheOneGives(Sandbox sandbox) {
        Node origin = sandbox.node(0);
        Node home = sandbox.node(1);
        String plain = sandbox.storageClass("plain", Sandbox.FIRST_CONSUMER, Map.of());
        sandbox.claim(ClaimRequest.named("source").ofClass(plain));
        Workload source =
                sandbox.start(PodRequest.named("source").on(origin.name()).mounting("source", "/data"));
        String checksum = source.writeRandom(Scene.FILE, MEBIBYTES);
        try (NodeLimit in = new NodeLimit(sandbox, home.name(), "maxBytesPerSecondIn");
                NodeLimit out = new NodeLimit(sandbox, origin.name(), "maxBytesPerSecondOut")) {
            in.set(LIMIT);
            Workload one = clone(sandbox, plain, home, "one");
            clone(sandbox, plain, home, "two");
            awaitLimit(sandbox, "maxBytesPerSecondIn", home);

            assertThat(bytesPerSecond(sandbox, home, HALF_A_MINUTE))
                    .as("both together")
                    .isBetween(LIMIT * 9 / 10, LIMIT * 11 / 10);

            out.set(LIMIT / 3);
            await().pollDelay(OBEYED).atMost(TOLD).until(() -> true);
            assertThat(bytesPerSecond(sandbox, home, SHORT))
                    .as("both together, with another limit at the origin")
                    .isBetween(LIMIT / 6, LIMIT * 4 / 9);
            awaitLimit(sandbox, "maxBytesPerSecondOut", origin);

            out.close();
            in.close();
            Stream.of("one", "two").forEach(clone -> sandbox.hydration(clone).await(HydrationPhase.HYDRATED));
            home.dropCaches();
            assertThat(one.checksum(Scene.FILE)).isEqualTo(checksum);
        }
    }

    private static Workload clone(Sandbox sandbox, String storageClass, Node home, String name) {
        sandbox.claim(ClaimRequest.named(name).ofClass(storageClass).cloneOf("source"));
        return sandbox.start(PodRequest.named(name).on(home.name()).mounting(name, "/data"));
    }

    private static void awaitLimit(Sandbox sandbox, String field, Node node) {
        for (String clone : new String[] {"one", "two"}) {
            await("what limits " + clone + " is told")
                    .atMost(TOLD)
                    .until(() -> sandbox.hydration(clone)
                            .status()
                            .flatMap(NodeBudgetsIT::allowance)
                            .filter(each -> each.limitedBy().equals(field)
                                    && node.name().equals(each.node()))
                            .isPresent());
        }
    }

    private static Optional<CopyAllowance> allowance(CloneHydrationStatus status) {
        return Optional.ofNullable(status.allowance());
    }

    private static long bytesPerSecond(Sandbox sandbox, Node home, Duration time) {
        long begin = System.nanoTime();
        long before = hydrated(sandbox, home);
        await().pollDelay(time).atMost(time.multipliedBy(2)).until(() -> true);
        long after = hydrated(sandbox, home);
        double seconds = (System.nanoTime() - begin) / 1e9;
        return Math.round((after - before) / seconds);
    }

    private static long hydrated(Sandbox sandbox, Node home) {
        return Stream.of("one", "two")
                .mapToLong(clone -> home.progress(sandbox.volumeId(clone)).hydratedBytes())
                .sum();
    }
}
