package dev.sluice.node.api;

import dev.sluice.api.HeldVolume;
import dev.sluice.api.StorageNode;
import dev.sluice.api.StorageNodeStatus;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.Pool;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.Pools;
import dev.sluice.node.host.Preflight;
import dev.sluice.node.host.PreflightCheck;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps this node's StorageNode true and its lease fresh. */
public final class StorageNodePublisher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StorageNodePublisher.class);
    private static final Duration LEASE_EVERY = Duration.ofSeconds(10);
    private static final Duration LEASE_VALID = Duration.ofSeconds(40);
    private static final Duration STATUS_EVERY = Duration.ofSeconds(30);
    // Volumes come and go in bursts, and what comes is mostly a pod's that starts: it needs the processor more than
    // anybody needs to know.
    private static final Duration AFTER_CHANGE = Duration.ofSeconds(5);

    private final NodeClusterAccess cluster;
    private final Identity identity;
    private final List<PoolSettings> settings;
    private final Pools pools;
    private final Preflight preflight;
    private final Supplier<List<HeldVolume>> inventory;
    private final Clock clock;
    private final ScheduledExecutorService ticker = Executors.newScheduledThreadPool(
            2, Thread.ofPlatform().name("storage-node-", 0).factory());
    private final AtomicBoolean changed = new AtomicBoolean();
    private List<PreflightCheck> checks = List.of();

    /**
     * What never changes while the process runs, except that an initiator may get its name late.
     *
     * @param initiatorName empty while the host has none
     */
    public record Identity(String address, String publicKey, Supplier<Optional<String>> initiatorName) {}

    public StorageNodePublisher(
            NodeClusterAccess cluster,
            Identity identity,
            List<PoolSettings> settings,
            Pools pools,
            Preflight preflight,
            Supplier<List<HeldVolume>> inventory,
            Clock clock) {
        this.cluster = cluster;
        this.identity = identity;
        this.settings = settings;
        this.pools = pools;
        this.preflight = preflight;
        this.inventory = inventory;
        this.clock = clock;
    }

    public void start() {
        every(LEASE_EVERY, "renew the lease", () -> cluster.renewLease(clock.instant(), LEASE_VALID));
        every(STATUS_EVERY, "publish the StorageNode", this::publish);
    }

    /** Free bytes or the inventory are others now. */
    public void poolsChanged() {
        if (changed.compareAndSet(false, true)) {
            var unused = ticker.schedule(
                    guarded("publish the StorageNode", this::publishChange),
                    AFTER_CHANGE.toMillis(),
                    TimeUnit.MILLISECONDS);
        }
    }

    /** One look, and a patch if anything is new. */
    public synchronized void publish() {
        checks = preflight.check();
        tell();
    }

    /** Whether the node is fit does not change with what is on it, and the look at that runs tools. */
    private synchronized void publishChange() {
        if (checks.isEmpty()) {
            checks = preflight.check();
        }
        tell();
    }

    private void tell() {
        changed.set(false);
        // As it is now, not as it was last written: the object may have been restored from a backup, or be gone.
        StorageNode seen = cluster.ensureStorageNode();
        StorageNodeStatus before = seen.getStatus();
        StorageNodeStatus status = look().status(before, clock.instant());
        boolean same = before != null
                && status.withForeignConditions(before.foreignConditions()).equals(before);
        if (!same) {
            cluster.patchStatus(seen, status);
        }
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }

    private StorageNodeFacts look() {
        return new StorageNodeFacts(
                identity.address(),
                identity.publicKey(),
                identity.initiatorName().get().orElse(null),
                preflight.kernel(),
                settings.stream().flatMap(pool -> find(pool).stream()).toList(),
                inventory.get(),
                checks);
    }

    private Optional<Pool> find(PoolSettings pool) {
        try {
            return pools.find(pool);
        } catch (SluiceException e) {
            log.warn("pool {} cannot be looked at: {}", pool.name(), e.getMessage());
            return Optional.empty();
        }
    }

    private void every(Duration period, String what, Runnable action) {
        var unused = ticker.scheduleWithFixedDelay(guarded(what, action), 0, period.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Runnable guarded(String what, Runnable action) {
        return () -> {
            try {
                action.run();
            } catch (RuntimeException e) {
                log.warn("could not {}, it is tried again: {}", what, e.getMessage());
            }
        };
    }
}
