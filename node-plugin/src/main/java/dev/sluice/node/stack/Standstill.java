package dev.sluice.node.stack;

import dev.sluice.node.clone.CloneStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Whether nothing has become local for a while although it should, and what keeps it. */
final class Standstill {
    static final Duration AFTER = Duration.ofSeconds(60);

    private static final long UNREAD = -1;

    enum Cause {
        /** No copy was begun: the pod's I/O leaves the engine no moment. */
        FOREGROUND_IO,
        /** Copies were begun, and nothing comes from the origin. */
        SOURCE_SLOW,
        /** Bytes come from the origin, and no region becomes whole by them. */
        REGION_ERRORS
    }

    private Instant since;
    private long regions = -1;
    private boolean copied;
    private long readBefore = UNREAD;

    Standstill(Instant now) {
        this.since = now;
    }

    /** It moves, or need not. */
    void reset(Instant now) {
        since = now;
        copied = false;
        readBefore = UNREAD;
    }

    /** @param bytesRead of the origin so far */
    Optional<Cause> look(Instant now, CloneStatus.Working engine, LongSupplier bytesRead) {
        if (engine.hydratedRegions() != regions) {
            regions = engine.hydratedRegions();
            reset(now);
        }
        copied |= engine.hydrating() > 0;
        if (readBefore == UNREAD && !since.plus(AFTER.dividedBy(2)).isAfter(now)) {
            readBefore = bytesRead.getAsLong();
        }
        if (!since.plus(AFTER).isBefore(now)) {
            return Optional.empty();
        }
        if (!copied) {
            return Optional.of(Cause.FOREGROUND_IO);
        }
        boolean flows = bytesRead.getAsLong() - readBefore >= engine.regionBytes();
        return Optional.of(flows ? Cause.REGION_ERRORS : Cause.SOURCE_SLOW);
    }
}
