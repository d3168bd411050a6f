package dev.sluice.node.mount;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.Mounts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Unmounts file systems, also of volumes whose origin is away: the kernel would wait for it as long as there is something to write. Each has a
 * thread of its own, which nothing can end while the kernel waits.
 */
final class Unmounting {
    private final Mounts mounts;
    private final Predicate<String> giveUp;
    private final Consumer<String> settle;
    private final Duration patience;
    private final Map<Path, CompletableFuture<Void>> begun = new ConcurrentHashMap<>();

    /**
     * @param giveUp lets go of what a volume waits for, if its origin is away
     * @param settle has it wait again, after that
     * @param patience before something is given up; it has as long again to end
     */
    Unmounting(Mounts mounts, Predicate<String> giveUp, Consumer<String> settle, Duration patience) {
        this.mounts = mounts;
        this.giveUp = giveUp;
        this.settle = settle;
        this.patience = patience;
    }

    /** UNAVAILABLE when it takes longer; the next call goes on with it. */
    void remove(String volume, Path path) {
        CompletableFuture<Void> way = begun.computeIfAbsent(path, this::begin);
        boolean given = false;
        try {
            if (!ends(way)) {
                given = giveUp.test(volume);
                if (!ends(way)) {
                    throw new SluiceException(
                            ErrorKind.UNAVAILABLE,
                            "unmounting " + path + " of volume " + volume + " takes longer than "
                                    + patience.multipliedBy(2).toSeconds() + " s: the kernel writes what is in memory"
                                    + (given ? ", though its origin is away" : ""));
                }
            }
        } finally {
            if (way.isDone()) {
                begun.remove(path, way);
            }
            if (given) {
                settle.accept(volume);
            }
        }
    }

    private CompletableFuture<Void> begin(Path path) {
        return CompletableFuture.runAsync(
                () -> mounts.remove(path),
                task -> Thread.ofPlatform().daemon().name("unmount " + path).start(task));
    }

    private boolean ends(CompletableFuture<Void> way) {
        try {
            way.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SluiceException(ErrorKind.UNAVAILABLE, "unmounting was interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }
}
