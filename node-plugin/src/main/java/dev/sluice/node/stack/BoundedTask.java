package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * What the kernel may keep waiting, on a thread of its own, which is left behind then: a suspension waits for what is in flight below, and
 * others must be able to mend what that waits for.
 */
final class BoundedTask {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /** Windows come once a second: to start a thread takes a processor longer than what it is to do. */
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("bounded-", 0).factory());

    private final String id;
    private volatile FutureTask<?> latest = finished();

    BoundedTask(String id) {
        this.id = id;
    }

    /** The kernel still keeps an earlier one. */
    boolean isBusy() {
        return !latest.isDone();
    }

    /** UNAVAILABLE when it takes longer than two seconds. */
    <T> T run(String what, Supplier<T> action) {
        FutureTask<T> task = new FutureTask<>(action::get);
        latest = task;
        THREADS.execute(task);
        try {
            return task.get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new SluiceException(
                    ErrorKind.UNAVAILABLE, what + " of " + id + " takes longer than " + PATIENCE.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SluiceException(ErrorKind.UNAVAILABLE, what + " of " + id + " was interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }

    private static FutureTask<?> finished() {
        FutureTask<Boolean> task = new FutureTask<>(() -> true);
        task.run();
        return task;
    }
}
