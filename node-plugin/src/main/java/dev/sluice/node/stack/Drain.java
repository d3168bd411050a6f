package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
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
    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final Duration AT_MOST = Duration.ofMillis(1500);
    /** Without any that could be read: the pod's reads are in the same queue as the copies. */
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
        return stacks.attempt(id, epoch, this::drain).orElse(false);
    }

    private boolean drain() {
        host.deviceMapper().message(Names.cloneDevice(Names.copy(id, epoch)), "disable_hydration");
        CompletableFuture<Pauses.Pause> held = hold();
        long begin = nanoTime.getAsLong();
        boolean failing = false;
        try {
            long inFlight = inFlight();
            long still = begin;
            while (!isDrained(held, inFlight) && !isRefused(held) && isWithin(begin, AT_MOST)) {
                if (!failing && !isWithin(still, SENT_AGAIN)) {
                    failing = true;
                    path.fail();
                }
                path.reinstate();
                // Nothing tells when a read has ended.
                LockSupport.parkNanos(BETWEEN.toNanos());
                long now = inFlight();
                still = now == inFlight ? still : nanoTime.getAsLong();
                inFlight = now;
            }
            return isDrained(held, inFlight);
        } finally {
            if (failing) {
                path.queue();
            }
            path.reinstate();
            var unused = held.thenAccept(Pauses.Pause::end);
        }
    }

    /** The suspension waits for the pod's reads that are in flight, and those for what is done here: so does one that was begun before. */
    private CompletableFuture<Pauses.Pause> hold() {
        if (!latest.isDone()) {
            return latest;
        }
        CompletableFuture<Pauses.Pause> held = new CompletableFuture<>();
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        latest = held;
        Thread.ofPlatform().daemon().name("drain-" + id).start(() -> {
            begun.complete(true);
            try {
                held.complete(host.pauses().hold(Names.outerDevice(id), DEADLINE));
            } catch (RuntimeException refused) {
                held.completeExceptionally(refused);
            }
        });
        begun.join();
        return held;
    }

    /** Not when another suspension of the device is kept by the kernel: that holds the pod's I/O as well, and waits for the same reads. */
    private static boolean isRefused(CompletableFuture<Pauses.Pause> held) {
        return held.isCompletedExceptionally()
                && !(held.exceptionNow() instanceof SluiceException kept && kept.kind() == ErrorKind.UNAVAILABLE);
    }

    private static boolean isDrained(CompletableFuture<Pauses.Pause> held, long inFlight) {
        return inFlight == 0 && held.isDone() && !held.isCompletedExceptionally();
    }

    /** Copies. */
    private long inFlight() {
        String engine = Names.cloneDevice(Names.copy(id, epoch));
        return CloneStatus.requireWorking(id, host.deviceMapper().status(engine, false))
                .hydrating();
    }

    private boolean isWithin(long since, Duration time) {
        return nanoTime.getAsLong() - since < time.toNanos();
    }
}
