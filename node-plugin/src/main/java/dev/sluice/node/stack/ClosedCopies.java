package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CopyState;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.clone.Observed;
import dev.sluice.node.clone.StackPlanner;
import dev.sluice.node.clone.Wanted;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.MountPoint;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Copies of volumes that move away: given up once and for ever, read by their successors, and removed by order. */
public final class ClosedCopies {
    private final Host host;
    private final VolumeStacks stacks;
    private final Exports exports;
    private final OfferedDigests digests;

    public ClosedCopies(Host host, VolumeStacks stacks, Exports exports, OfferedDigests digests) {
        this.host = host;
        this.stacks = stacks;
        this.exports = exports;
        this.digests = digests;
    }

    /**
     * A copy that was given up.
     *
     * @param epoch of the copy itself
     * @param to the node it was given up to; null when that was not written down, or there was none
     * @param empty it has no content, so there is nothing to serve
     */
    public record ClosedCopy(
            String lvUuid, long epoch, @Nullable String to, boolean empty) {}

    /** What this node gave up for that epoch; empty when it did not, or not yet. */
    public Optional<ClosedCopy> find(String volume, long successor) {
        return copy(volume, successor).filter(copy -> isClosed(copy, successor)).map(ClosedCopies::facts);
    }

    /**
     * Gives the copy of a volume up, for good. IN_USE, and nothing is changed, while anyone has its device open.
     *
     * @param to the node that goes on with it
     * @param ordered asked when nothing else changes the volume any more; false when the order was taken back meanwhile
     */
    public Optional<ClosedCopy> close(
            String volume, String pool, long successor, String to, Supplier<Boolean> ordered) {
        return stacks.lockedCopy(volume, successor - 1, () -> {
            if (find(volume, successor).isEmpty()) {
                if (!ordered.get()) {
                    return Optional.empty();
                }
                requireUnmounted(volume);
                String group = stacks.group(pool);
                Observed found = stacks.observe(volume, successor - 1, group);
                try {
                    new StepRunner(host, volume, successor - 1, group)
                            .run(StackPlanner.close(volume, found, successor, to));
                } catch (SluiceException e) {
                    throw e.kind() == ErrorKind.IN_USE ? inUse(volume, e) : e;
                }
            }
            return find(volume, successor);
        });
    }

    /**
     * Serves a copy that was given up for the epoch of the order.
     *
     * @param upstream how to reach what the copy itself was still hydrating from; null when that is not served, or not needed
     */
    public ExportFacts serve(ExportOrder order, long successor, @Nullable IscsiLogin upstream) {
        String volume = order.source();
        return stacks.lockedCopy(volume, successor - 1, () -> {
            if (find(volume, successor).isEmpty()) {
                throw new SluiceException(
                        ErrorKind.UNAVAILABLE, "volume " + volume + " was not given up for epoch " + successor);
            }
            String group = stacks.group(order.pool());
            Wanted wanted = Wanted.closed(volume, successor - 1, group, upstream);
            Observed found = stacks.observe(volume, successor - 1, group);
            new StepRunner(host, volume, successor - 1, group).run(StackPlanner.serve(wanted, found));
            new SourcePath(host, volume, successor - 1).reinstate();
            return exports.serve(order.of(wanted.copy()));
        });
    }

    /**
     * Has hashes made of what is served, and serves them; how many bytes they have, empty as long as they are not there.
     *
     * @param exportUid which export of this name it is
     * @param bytes that are served
     */
    public OptionalLong offerDigests(ExportOrder order, long successor, String exportUid, long bytes) {
        String volume = order.source();
        return stacks.lockedCopy(
                volume,
                successor - 1,
                () -> find(volume, successor).isEmpty()
                        ? OptionalLong.empty()
                        : digests.offer(
                                order.of(Names.copy(volume, successor - 1)),
                                stacks.group(order.pool()),
                                new DigestList(exportUid, successor, bytes)));
    }

    /** Removes exactly the copy of this UUID that was given up for this epoch, and what serves it; absent is success. */
    public void release(String export, String volume, String pool, long successor, String lvUuid) {
        stacks.lockedCopy(volume, successor - 1, () -> {
            Optional<LogicalVolume> copy = copy(volume, successor);
            if (copy.isPresent() && !isClosed(copy.get(), successor)) {
                throw new SluiceException(
                        ErrorKind.HOST,
                        "the copy of volume " + volume + " on this node was not given up for epoch " + successor
                                + ": it is left alone");
            }
            digests.remove(export, stacks.group(pool), Names.copy(volume, successor - 1));
            exports.stop(export);
            if (copy.isPresent()) {
                stacks.remove(volume, successor - 1, pool, lvUuid);
            }
            return true;
        });
    }

    /**
     * Gives a copy up that the volume goes on without. IN_USE, and nothing is changed, while anyone has its device open; absent is success.
     *
     * @param successor epoch of the volume that goes on
     */
    public void shut(String volume, long epoch, long successor) {
        stacks.lockedCopy(volume, epoch, () -> {
            Optional<LogicalVolume> copy = stacks.copies().find(volume, epoch);
            if (copy.isEmpty()) {
                return false;
            }
            if (!CopyTags.of(copy.get()).isClosed()) {
                requireUnmounted(volume);
            }
            String group = copy.get().volumeGroup();
            try {
                new StepRunner(host, volume, epoch, group)
                        .run(StackPlanner.shut(volume, stacks.observe(volume, epoch, group), successor));
            } catch (SluiceException e) {
                throw e.kind() == ErrorKind.IN_USE ? inUse(volume, e) : e;
            }
            return true;
        });
    }

    /** Removes exactly the copy of this UUID, which the volume went on without; absent is success. */
    public void discard(String volume, long epoch, String pool, String lvUuid) {
        stacks.lockedCopy(volume, epoch, () -> {
            Optional<LogicalVolume> copy = stacks.copies().find(volume, epoch);
            if (copy.isPresent() && !CopyTags.of(copy.get()).isClosed()) {
                throw new SluiceException(
                        ErrorKind.HOST,
                        "the copy of volume " + volume + " of epoch " + epoch
                                + " on this node is open: it is left alone");
            }
            if (copy.isPresent()) {
                stacks.remove(volume, epoch, pool, lvUuid);
            }
            return true;
        });
    }

    /** The home of one epoch gives up for the next. */
    private Optional<LogicalVolume> copy(String volume, long successor) {
        return stacks.copies().find(volume, successor - 1);
    }

    private static boolean isClosed(LogicalVolume copy, long successor) {
        return CopyTags.find(copy).filter(tags -> tags.closedFor() == successor).isPresent();
    }

    private static ClosedCopy facts(LogicalVolume copy) {
        CopyTags tags = CopyTags.of(copy);
        return new ClosedCopy(copy.uuid(), tags.epoch(), tags.closedTo(), tags.state() == CopyState.VIRGIN);
    }

    // A raw device that is shown to a pod need not be open just now; its number must not become another volume's.
    private void requireUnmounted(String volume) {
        if (!mounts(volume).isEmpty()) {
            throw inUse(volume, null);
        }
    }

    private List<String> mounts(String volume) {
        return PodDevices.find(host, volume).map(BlockDevice::number).stream()
                .flatMap(number -> host.mounts().list().stream()
                        .filter(mount -> mount.deviceNumber().equals(number)))
                .map(MountPoint::path)
                .toList();
    }

    private SluiceException inUse(String volume, @Nullable SluiceException cause) {
        List<String> mounts = mounts(volume);
        int openers = host.deviceMapper()
                .find(Names.outerDevice(volume))
                .map(MappedDevice::openCount)
                .orElse(0);
        return new SluiceException(
                ErrorKind.IN_USE,
                "volume " + volume + " is still open here ("
                        + (mounts.isEmpty()
                                ? openers + " have its device open"
                                : "mounted at " + String.join(", ", mounts))
                        + "); it is given up when that has ended",
                cause);
    }
}
