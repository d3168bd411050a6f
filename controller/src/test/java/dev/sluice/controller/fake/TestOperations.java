package dev.sluice.controller.fake;

import dev.sluice.controller.domain.Operations;
import dev.sluice.controller.domain.Registry;
import java.time.Clock;

/** What the controller can do, in the namespace that the driver has unless told otherwise. */
public final class TestOperations {
    private TestOperations() {}

    public static Operations over(Registry registry) {
        return over(registry, Clock.systemUTC());
    }

    public static Operations over(Registry registry, Clock clock) {
        return Operations.over(registry, clock, "sluice-system");
    }
}
