package dev.sluice.node.stack;

import dev.sluice.node.host.Host;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go of what a file system still has to write to a volume whose origin is away, so that it can be unmounted: a region that is not local is
 * not written to without the rest of it. It is lost as in a power cut: what an fsync confirmed is local already, and stays.
 */
public final class LostWrites {
    private static final Logger log = LoggerFactory.getLogger(LostWrites.class);

    private final Host host;
    private final VolumeStacks stacks;
    private final Clock clock;

    public LostWrites(Host host, VolumeStacks stacks, Clock clock) {
        this.host = host;
        this.stacks = stacks;
        this.clock = clock;
    }

    /** Whether there was an origin to wait for, and it is away. That is written down before anything is lost. */
    public boolean giveUp(String id) {
        long epoch = stacks.tags(id).epoch();
        SourcePath path = new SourcePath(host, id, epoch);
        if (!path.isAway()) {
            return false;
        }
        return stacks.lockedCopy(id, epoch, () -> {
            stacks.recordWritesLost(id, epoch, clock.instant());
            log.warn(
                    "volume {}: its origin is away and its file system is being unmounted: what that had not written is"
                            + " given up, as in a power cut. What an fsync confirmed is kept",
                    id);
            path.fail();
            return true;
        });
    }

    /** What comes from now on waits for the origin again. */
    public void settle(String id) {
        long epoch = stacks.tags(id).epoch();
        stacks.lockedCopy(id, epoch, () -> {
            SourcePath path = new SourcePath(host, id, epoch);
            if (path.isThere()) {
                path.queue();
            }
            return true;
        });
    }
}
