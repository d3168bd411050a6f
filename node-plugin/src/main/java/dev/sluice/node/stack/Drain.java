package dev.sluice.node.stack;

import dev.sluice.names.Names;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.Pauses;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Has reads fail that the origin answers with an error. They would wait for ever: the source's device takes any error for one of the path,
 * holds back what met it, and all else too until the path is tried again.
 *
 * <p>Background copying is off and the pod's I/O held meanwhile, so that nothing fails that can be read: what is in flight is sent again
 * and again, and only what is still there then fails.
 */
final class Drain {
    private static final Duration DEADLINE = Duration.ofSeconds(1);
    private static final Duration AT_MOST = Duration.ofMillis(800);
    private static final Duration SENT_AGAIN = Duration.ofMillis(250);
    private static final Duration BETWEEN = Duration.ofMillis(10);

    private final Host host;
    private final VolumeStacks stacks;
    private final String id;
    private final long epoch;
    private final SourcePath path;
    private final LongSupplier nanoTime;
    private volatile CompletableFuture<Pauses.Pause> latest = CompletableFuture.completedFuture(null);

    /** @param nanoTime a clock that is never set, as System.nanoTime */
    Drain(Host host, VolumeStacks stacks, String id, long epoch, LongSupplier nanoTime) {
        this.host = host;
        this.stacks = stacks;
        this.id = id;
        this.epoch = epoch;
        this.path = new SourcePath(host, id, epoch);
        this.nanoTime = nanoTime;
    }

    /** False when something else changes the volume, or something is still in flight; it is tried again. Copying is off afterwards. */
    boolean run() {
        // The kernel may keep a suspension; another must not begin before.
        return latest.isDone() && stacks.attempt(id, epoch, this::drain).orElse(false);
    }

    private boolean drain() {
        host.deviceMapper().message(Names.cloneDevice(Names.copy(id, epoch)), "disable_hydration");
        String source = Names.sourceDevice(Names.copy(id, epoch));
        CompletableFuture<Pauses.Pause> held = new CompletableFuture<>();
        latest = held;
        long begin = nanoTime.getAsLong();
        // The suspension waits for the pod's reads that are in flight, and those for what is done here meanwhile.
        Thread.ofPlatform().daemon().name("drain-" + id).start(() -> hold(held));
        boolean failing = false;
        try {
            boolean drained = isDrained(held);
            while (!drained && !held.isCompletedExceptionally() && passed(begin).compareTo(AT_MOST) < 0) {
                if (!failing && passed(begin).compareTo(SENT_AGAIN) >= 0) {
                    failing = true;
                    host.deviceMapper().message(source, "fail_if_no_path");
                }
                path.reinstate();
                // Nothing tells when a read has ended.
                LockSupport.parkNanos(BETWEEN.toNanos());
                drained = isDrained(held);
            }
            return drained;
        } finally {
            if (failing) {
                host.deviceMapper().message(source, "queue_if_no_path");
            }
            path.reinstate();
            var unused = held.thenAccept(Pauses.Pause::end);
        }
    }

    private void hold(CompletableFuture<Pauses.Pause> held) {
        try {
            held.complete(host.pauses().hold(Names.outerDevice(id), DEADLINE));
        } catch (RuntimeException refused) {
            held.completeExceptionally(refused);
        }
    }

    private boolean isDrained(CompletableFuture<Pauses.Pause> held) {
        String engine = Names.cloneDevice(Names.copy(id, epoch));
        return held.isDone()
                && !held.isCompletedExceptionally()
                && CloneStatus.requireWorking(id, host.deviceMapper().status(engine, false))
                                .hydrating()
                        == 0;
    }

    private Duration passed(long since) {
        return Duration.ofNanos(nanoTime.getAsLong() - since);
    }
}
