package dev.sluice.e2e.bench;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.Faults;
import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Reads of what has not arrived, beside reads of the iSCSI disk itself: at random past the page cache, alone and beside writes with fsync, and
 * in order through the page cache. Timings are written to docs/benchmarks.md, never asserted.
 */
@EndToEnd
@NeedsLab("it makes the way to the origin longer")
class BenchReads {
    private static final int ROUNDS = Rounds.orElse(5);
    private static final Fill SOURCE = Fill.FULL;

    @Test
    void readsOfWhatHasNotArrived(Sandbox sandbox) {
        Node home = sandbox.node(1);
        Map<Duration, Samples<ReadKind>> microseconds = new LinkedHashMap<>();
        Map<Duration, Samples<ScanKind>> rates = new LinkedHashMap<>();
        SOURCE.make(sandbox, "sluice");
        Workload pod = SOURCE.clone(sandbox, "sluice", "clone");
        sandbox.hydration("clone").pause(true);
        sandbox.hydration("clone").await(HydrationPhase.PAUSED);
        String volume = sandbox.volumeId("clone");
        try (CopyBench bare = CopyBench.open(home, volume, SOURCE.bytes())) {
            ReadDevices devices = ReadDevices.of(home, volume);
            // A region is copied when it is first written to: that is over before anything is measured.
            devices.random();
            for (int round = 1; round <= ROUNDS; round++) {
                for (Duration roundTrip : RoundTrips.ALL) {
                    try (Faults.Delay _ = RoundTrips.lengthen(sandbox, roundTrip)) {
                        Map<ReadKind, Double> reads = devices.random();
                        Map<ScanKind, Double> scans = devices.scans();
                        System.err.printf("round %d, %s: %s %s%n", round, roundTrip, reads, scans);
                        microseconds
                                .computeIfAbsent(roundTrip, key -> new Samples<>())
                                .add(reads);
                        rates.computeIfAbsent(roundTrip, key -> new Samples<>()).add(scans);
                    }
                }
            }
        }
        pod.stop();
        Run.write("bench reads", new ReadsReport(Run.of(sandbox.cluster(), ROUNDS), microseconds, rates).markdown());
    }
}
