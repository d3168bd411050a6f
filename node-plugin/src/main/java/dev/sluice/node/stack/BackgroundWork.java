package dev.sluice.node.stack;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What may block, of one volume. One of a kind at a time: a trim that waits for a dead source must not keep the source from being found again. */
final class BackgroundWork {
    private static final Logger log = LoggerFactory.getLogger(BackgroundWork.class);

    private final Executor executor;
    private final String id;
    private final Set<String> running = ConcurrentHashMap.newKeySet();

    BackgroundWork(Executor executor, String id) {
        this.executor = executor;
        this.id = id;
    }

    boolean isRunning(String what) {
        return running.contains(what);
    }

    /** Nothing is done while the same is under way. */
    void run(String what, Runnable action) {
        if (!running.add(what)) {
            return;
        }
        executor.execute(() -> {
            try {
                action.run();
            } catch (RuntimeException failure) {
                log.warn("volume {}: {} failed and is tried again: {}", id, what, failure.getMessage());
            } finally {
                running.remove(what);
            }
        });
    }
}
