package dev.sluice.node.mount;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.Mounts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Mounts and unmounts file systems, also of volumes whose origin is away: the kernel would wait for it, with a mount for what is read first, with
 * an unmount as long as there is something to write.
 */
final class WaitingMounts {
    private final Mounts mounts;
    private final Origins origins;
    private final Duration patience;
    private final Lingering mounting = new Lingering();
    private final Lingering unmounting = new Lingering();

    /** Lets go of what waits for the origin of a volume as long as the action takes; false, and nothing is done, unless that is away. */
    interface LetGo {
        boolean during(String volume, Runnable action);
    }

    /**
     * @param writing of what is to be written, which is lost
     * @param reading of what only reads
     */
    record Origins(LetGo writing, LetGo reading) {}

    /** @param patience before anything is let go of; it has as long again to end */
    WaitingMounts(Mounts mounts, Origins origins, Duration patience) {
        this.mounts = mounts;
        this.origins = origins;
        this.patience = patience;
    }

    /**
     * UNAVAILABLE when it takes longer; the next call goes on with it.
     *
     * @param mount mounts the volume there
     */
    void make(String volume, Path path, Duration longest, Runnable mount) {
        CompletableFuture<Void> way = mounting.begin(path, mount);
        try {
            if (!mounting.ends(way, longest)) {
                throw new SluiceException(
                        ErrorKind.UNAVAILABLE,
                        "mounting volume " + volume + " takes longer than " + longest.toSeconds()
                                + " s: what its file system reads first is still with its origin; its CloneHydration says"
                                + " whether that is away");
            }
        } finally {
            mounting.leave(path, way);
        }
    }

    /** UNAVAILABLE when it takes longer; the next call goes on with it. */
    void remove(String volume, Path path) {
        mounting.find(path).ifPresent(mount -> {
            String what =
                    "a mount of volume " + volume + " on " + path + " that was not waited for, which reads first,";
            end(volume, what, () -> hasEnded(mount), origins.reading());
            mounting.leave(path, mount);
        });
        CompletableFuture<Void> way = unmounting.begin(path, () -> mounts.remove(path));
        try {
            String what = "unmounting " + path + " of volume " + volume + ", which writes what is in memory,";
            end(volume, what, () -> unmounting.ends(way, patience), origins.writing());
        } finally {
            unmounting.leave(path, way);
        }
    }

    /** In whatever way: what is there afterwards is unmounted. */
    private boolean hasEnded(CompletableFuture<Void> mount) {
        try {
            return mounting.ends(mount, patience);
        } catch (SluiceException failed) {
            return mount.isDone();
        }
    }

    private void end(String volume, String what, BooleanSupplier ends, LetGo letGo) {
        if (ends.getAsBoolean()) {
            return;
        }
        AtomicBoolean ended = new AtomicBoolean();
        Runnable waiting = () -> ended.set(ends.getAsBoolean());
        boolean away = letGo.during(volume, waiting);
        if (!away) {
            waiting.run();
        }
        if (!ended.get()) {
            throw new SluiceException(
                    ErrorKind.UNAVAILABLE,
                    what + " takes longer than " + patience.multipliedBy(2).toSeconds() + " s"
                            + (away ? ", though its origin is away" : ""));
        }
    }
}
