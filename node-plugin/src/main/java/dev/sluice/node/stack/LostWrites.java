package dev.sluice.node.stack;

import dev.sluice.names.Names;
import dev.sluice.node.host.Host;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go of what is still to be written to a volume whose origin is away, so that its file system can be unmounted and its pods can end: a
 * region that is not local is not written to without the rest of it. It is lost as in a power cut: what an fsync confirmed is local already, and
 * stays.
 */
public final class LostWrites {
    private static final Logger log = LoggerFactory.getLogger(LostWrites.class);

    /** Until what waits has ended with an error. */
    private static final Duration ENDING = Duration.ofSeconds(2);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private final Host host;
    private final VolumeStacks stacks;
    private final Clock clock;

    public LostWrites(Host host, VolumeStacks stacks, Clock clock) {
        this.host = host;
        this.stacks = stacks;
        this.clock = clock;
    }

    /** Whether I/O of the volume waits for an origin that is away. */
    public boolean isHeldUp(String id) {
        return isWaiting(id) && path(id, epoch(id)).isAway();
    }

    private boolean isWaiting(String id) {
        return host.deviceMapper()
                .find(Names.outerDevice(id))
                .filter(outer -> host.blockDevices().inFlight(outer.device()) > 0)
                .isPresent();
    }

    /** Ends with an error what waits now for an origin that is away. What comes afterwards waits again. */
    public void release(String id) {
        giveUp(id, () -> {
            Instant end = clock.instant().plus(ENDING);
            while (isWaiting(id) && clock.instant().isBefore(end)) {
                LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            }
        });
    }

    /**
     * Gives up what is to be written for as long as the action takes. That is written down before anything is lost. False, and nothing is done,
     * when there is no origin to wait for, or it is not away.
     */
    public boolean giveUp(String id, Runnable action) {
        return failing(id, action, epoch -> {
            stacks.recordWritesLost(id, epoch, clock.instant());
            log.warn(
                    "volume {}: its origin is away and nobody is left to wait for it: what was not written is given up, as in"
                            + " a power cut. What an fsync confirmed is kept",
                    id);
        });
    }

    /** The same where nothing is to be written: who reads gets an error. */
    public boolean letGo(String id, Runnable action) {
        return failing(id, action, epoch -> {});
    }

    /** With the copy's lock all the time: whoever brings the stack up has what it reads wait for the origin. */
    private boolean failing(String id, Runnable action, LongConsumer first) {
        long epoch = epoch(id);
        SourcePath path = path(id, epoch);
        if (!path.isAway()) {
            return false;
        }
        return stacks.lockedCopy(id, epoch, () -> {
            first.accept(epoch);
            path.fail();
            try {
                action.run();
            } finally {
                if (path.isThere()) {
                    path.queue();
                }
            }
            return true;
        });
    }

    private SourcePath path(String id, long epoch) {
        return new SourcePath(host, id, epoch);
    }

    private long epoch(String id) {
        return stacks.tags(id).epoch();
    }
}
