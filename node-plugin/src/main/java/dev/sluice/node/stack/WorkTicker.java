package dev.sluice.node.stack;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** Has work done step by step on a thread of its own, a step every so often while there is some. A node that has none is not woken for it. */
final class WorkTicker implements AutoCloseable {
    private final ScheduledExecutorService thread;
    private final Duration pace;
    private final BooleanSupplier step;
    /** A step is to come. As if one were, until it is started. */
    private final AtomicBoolean awake = new AtomicBoolean(true);

    /** @param step whether there is more to do */
    WorkTicker(String name, Duration pace, BooleanSupplier step) {
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
        this.pace = pace;
        this.step = step;
    }

    void start() {
        awake.set(false);
        wake();
    }

    /** There is something to do. */
    void wake() {
        if (awake.compareAndSet(false, true)) {
            try {
                var unused = thread.schedule(this::run, pace.toNanos(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException closed) {
                // Nothing is to be done any more.
            }
        }
    }

    /** Whether a step is to come. */
    boolean isAwake() {
        return awake.get();
    }

    private void run() {
        // What comes during the step is not part of it, and wakes anew.
        awake.set(false);
        if (step.getAsBoolean()) {
            wake();
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
