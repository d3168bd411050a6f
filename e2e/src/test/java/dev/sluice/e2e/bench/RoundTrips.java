package dev.sluice.e2e.bench;

import dev.sluice.e2e.cluster.Faults;
import dev.sluice.e2e.fixture.Sandbox;
import java.time.Duration;
import java.util.List;

/** By how much the way from the second node to the first, and back, is made longer. */
final class RoundTrips {
    static final List<Duration> ALL = List.of(Duration.ZERO, Duration.ofMillis(1), Duration.ofMillis(10));

    private RoundTrips() {}

    /** Each direction takes half of it. */
    static Faults.Delay lengthen(Sandbox sandbox, Duration roundTrip) {
        return roundTrip.isZero()
                ? () -> {}
                : sandbox.faults().delay(sandbox.node(1).name(), roundTrip.dividedBy(2));
    }
}
