package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The one metadata snapshot that a thin pool can hold, by which its mappings are read while it is in use. It outlives the process and the
 * machine, and does not say whose it is: a file does, written before it is taken. One that was taken by anybody else is left alone.
 */
final class MetadataSnapshot {
    /** A thin pool, as the kernel has it. */
    interface Pool {
        /** Of the file. */
        String name();

        boolean holdsSnapshot();

        void message(String message);
    }

    private final Path folder;

    /** @param folder on a disk: what was left is known after a reboot too */
    MetadataSnapshot(Path folder) {
        this.folder = folder;
    }

    /** UNAVAILABLE when someone else has the pool's snapshot. */
    synchronized <T> T during(Pool pool, Supplier<T> look) {
        release(pool);
        if (pool.holdsSnapshot()) {
            throw new SluiceException(
                    ErrorKind.UNAVAILABLE,
                    "thin pool " + pool.name()
                            + " holds a metadata snapshot that is not Sluice's; when nobody uses it any"
                            + " more: dmsetup message <pool>-tpool 0 release_metadata_snap");
        }
        mark(pool);
        try {
            pool.message("reserve_metadata_snap");
            return look.get();
        } finally {
            release(pool);
        }
    }

    /** What is left of ours, if anything is. */
    synchronized void release(Pool pool) {
        Path mark = mark(pool.name());
        if (!Files.exists(mark)) {
            return;
        }
        if (pool.holdsSnapshot()) {
            pool.message("release_metadata_snap");
        }
        try {
            Files.deleteIfExists(mark);
        } catch (IOException e) {
            throw new SluiceException(ErrorKind.HOST, "cannot remove " + mark + ": " + e.getMessage(), e);
        }
    }

    private void mark(Pool pool) {
        Path mark = mark(pool.name());
        try (FileChannel file = FileChannel.open(mark, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE))) {
            file.force(true);
        } catch (IOException e) {
            throw new SluiceException(ErrorKind.HOST, "cannot write " + mark + ": " + e.getMessage(), e);
        }
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        } catch (IOException e) {
            throw new SluiceException(ErrorKind.HOST, "cannot write " + folder + ": " + e.getMessage(), e);
        }
    }

    private Path mark(String pool) {
        return folder.resolve("metadata-snapshot." + pool);
    }
}
