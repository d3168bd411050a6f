package dev.sluice.node.mount;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What the kernel may keep waiting, as long as an origin is away: nothing can end that. Each path has at most one, on a thread of its own, and
 * the next call goes on with it.
 */
final class Lingering {
    private final Map<Path, CompletableFuture<Void>> begun = new ConcurrentHashMap<>();

    /** What is under way there, else this. */
    CompletableFuture<Void> begin(Path path, Runnable action) {
        return begun.computeIfAbsent(
                path,
                absent -> CompletableFuture.runAsync(
                        action,
                        task -> Thread.ofPlatform()
                                .daemon()
                                .name("waits for " + path)
                                .start(task)));
    }

    Optional<CompletableFuture<Void>> find(Path path) {
        return Optional.ofNullable(begun.get(path));
    }

    /** False when it takes longer. It fails as the action does. */
    boolean ends(CompletableFuture<Void> way, Duration patience) {
        try {
            way.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SluiceException(ErrorKind.UNAVAILABLE, "waiting was interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }

    /** When it has ended, the next call begins anew. */
    void leave(Path path, CompletableFuture<Void> way) {
        if (way.isDone()) {
            begun.remove(path, way);
        }
    }
}
