package dev.sluice.controller;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does something again and again until it is closed. What goes wrong is told, and tried again. */
final class Periodically implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Periodically.class);

    private final ScheduledExecutorService executor;

    private Periodically(ScheduledExecutorService executor) {
        this.executor = executor;
    }

    static Periodically start(String name, Duration interval, Runnable work) {
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
        var unused = executor.scheduleWithFixedDelay(
                () -> attempt(name, work), 0, interval.toMillis(), TimeUnit.MILLISECONDS);
        return new Periodically(executor);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    // An exception that got out would end it for good.
    private static void attempt(String name, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            log.warn("{}: {}; it is tried again", name, e.getMessage());
            log.debug("{}", name, e);
        }
    }
}
