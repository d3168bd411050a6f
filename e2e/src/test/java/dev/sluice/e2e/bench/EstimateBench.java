package dev.sluice.e2e.bench;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.fixture.HydrationHistory;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a clone's status says about its end while it is copied steadily, and when that was. */
final class EstimateBench {
    /** A status is written every ten seconds: enough of them are seen. */
    private static final long RATE = 4 << 20;

    private static final String NAME = "estimated";

    /**
     * One status.
     *
     * @param progress of 1
     * @param foretold from when the status was seen until the time it names
     * @param actual from when it was seen until the end
     */
    record Estimate(double progress, Duration foretold, Duration actual) {
        double deviation() {
            return (double) foretold.toMillis() / actual.toMillis() - 1;
        }
    }

    private EstimateBench() {}

    static List<Estimate> run(Sandbox sandbox) {
        String steady = sandbox.storageClass(
                "steady", Sandbox.FIRST_CONSUMER, Map.of("maxBytesPerSecond", String.valueOf(RATE)));
        Workload pod = Fill.FULL.clone(sandbox, steady, NAME);
        List<HydrationHistory.Seen> seen;
        Instant end;
        try (HydrationHistory history = sandbox.hydration(NAME).watch()) {
            CloneHydrationStatus last = sandbox.hydration(NAME).await(HydrationPhase.HYDRATED);
            end = Instant.parse(Objects.requireNonNull(last.completionTime()));
            seen = history.seen();
        }
        pod.stop();
        sandbox.deleteClaim(NAME);
        return seen.stream()
                .filter(each -> each.status().estimatedCompletionTime() != null)
                .filter(each -> each.at().isBefore(end))
                .map(each -> new Estimate(
                        (double) each.status().hydratedBytes() / each.status().totalBytes(),
                        Duration.between(
                                each.at(),
                                Instant.parse(
                                        Objects.requireNonNull(each.status().estimatedCompletionTime()))),
                        Duration.between(each.at(), end)))
                .toList();
    }
}
