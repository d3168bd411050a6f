package dev.sluice.controller.rpc;

import dev.sluice.controller.domain.Deadline;
import io.grpc.Context;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How long a call may wait: a little less than its caller does, so that the caller hears why. */
final class CallDeadlines {
    private static final Duration LONGEST = Duration.ofSeconds(50);
    private static final Duration MARGIN = Duration.ofSeconds(2);

    private CallDeadlines() {}

    static Deadline current() {
        io.grpc.Deadline caller = Context.current().getDeadline();
        if (caller == null) {
            return Deadline.in(LONGEST);
        }
        Duration left = Duration.ofNanos(caller.timeRemaining(TimeUnit.NANOSECONDS));
        Duration margin = left.dividedBy(10).compareTo(MARGIN) < 0 ? left.dividedBy(10) : MARGIN;
        return Deadline.in(LONGEST).atMost(left.minus(margin));
    }
}
