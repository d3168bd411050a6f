package dev.sluice.node.stack;

import dev.sluice.api.HeldVolume;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CopyState;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.clone.EncryptionTag;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.PoolSettings;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The copies of volumes on this node, as logical volumes. A volume that came home again may have several: those it was given up as, and one
 * that is open. A snapshot is its own only copy.
 */
final class Copies {
    private final Host host;

    Copies(Host host) {
        this.host = host;
    }

    /** The latest, which is the open one wherever one is open. */
    Optional<LogicalVolume> findLatest(String id) {
        return of(id).max(Comparator.comparingLong(Copies::epoch));
    }

    LogicalVolume latest(String id) {
        return findLatest(id)
                .orElseThrow(() -> new SluiceException(ErrorKind.NOT_FOUND, "volume " + id + " is not on this node"));
    }

    /** Its name, by which it is locked too; that of the volume when there is none. */
    String latestName(String id) {
        return findLatest(id).map(LogicalVolume::name).orElse(id);
    }

    Optional<LogicalVolume> find(String id, long epoch) {
        return named(Names.copy(id, epoch)::equals).findFirst();
    }

    /**
     * An older copy from which one that is made now may begin: the latest that was given up here and is whole. Only where hashes will tell
     * what of it may be kept, and never one that is larger than what is copied: the rest of it would be shown as it is.
     */
    Optional<LogicalVolume> findOlder(VolumeOrder order, PoolSettings pool, long remoteBytes) {
        if (order.digests() == null || order.allocated() != null || remoteBytes == 0) {
            return Optional.empty();
        }
        long epoch = order.spec().epoch();
        boolean encrypted = VolumeContent.of(order.spec()).encryption() != null;
        return of(order.id())
                .filter(copy -> copy.volumeGroup().equals(pool.volumeGroup())
                        && pool.thinPool().equals(copy.pool())
                        && copy.sizeBytes() <= remoteBytes
                        && EncryptionTag.isOn(copy) == encrypted)
                .filter(copy -> CopyTags.of(copy).wasGivenUpBy(epoch)
                        && CopyTags.of(copy).state() == CopyState.LINEAR)
                .max(Comparator.comparingLong(Copies::epoch));
    }

    /**
     * A volume is opened at an epoch only where every other copy is an earlier one that was given up by then. Whatever else is here is not
     * of the history that the order tells of.
     */
    void requireSuccession(String id, long epoch) {
        of(id).filter(copy -> !copy.name().equals(Names.copy(id, epoch)))
                .filter(copy -> !CopyTags.of(copy).wasGivenUpBy(epoch))
                .findFirst()
                .ifPresent(stranger -> {
                    CopyTags tags = CopyTags.of(stranger);
                    boolean later = tags.epoch() > epoch || tags.closedFor() > epoch;
                    throw new SluiceException(
                            later ? ErrorKind.OUTDATED : ErrorKind.DATA_LOSS,
                            "a copy of " + id + " on this node is of epoch " + tags.epoch()
                                    + (tags.isClosed() ? ", given up for " + tags.closedFor() : " and was not given up")
                                    + "; epoch " + epoch + " is wanted. Both are left alone.");
                });
    }

    /** The latest copy, in this pool. */
    LogicalVolume require(PoolSettings pool, String source) {
        return findLatest(source)
                .filter(found -> found.volumeGroup().equals(pool.volumeGroup()))
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.NOT_FOUND,
                        "the source " + source + " is not in pool " + pool.name() + " of this node"));
    }

    /** A logical volume may be shared or snapshotted only when it is whole on its own. */
    LogicalVolume requireWhole(PoolSettings pool, String source) {
        LogicalVolume found = require(pool, source);
        CopyState state = CopyTags.find(found).map(CopyTags::state).orElse(CopyState.LINEAR);
        if (state == CopyState.VIRGIN) {
            throw new SluiceException(
                    ErrorKind.UNAVAILABLE,
                    "the source " + source
                            + " has no content yet: an encrypted volume gets its LUKS header and file system"
                            + " when a pod first uses it. Start one, and ask again.");
        }
        if (state != CopyState.LINEAR) {
            throw new SluiceException(
                    ErrorKind.UNAVAILABLE,
                    "the source " + source + " is still hydrating; ask again when it is hydrated");
        }
        return found;
    }

    List<HeldVolume> inventory() {
        return host.logicalVolumes().list().stream()
                .flatMap(found -> Names.volumeOfCopy(found.name()).stream()
                        .flatMap(volume -> CopyTags.find(found).stream().map(tags -> held(volume, found, tags))))
                .toList();
    }

    private static HeldVolume held(String volume, LogicalVolume found, CopyTags tags) {
        return new HeldVolume(
                volume,
                tags.epoch(),
                tags.isClosed() ? (Long) tags.closedFor() : null,
                tags.state() == CopyState.LINEAR,
                found.uuid());
    }

    private Stream<LogicalVolume> of(String id) {
        return named(name ->
                name.equals(id) || Names.volumeOfCopy(name).filter(id::equals).isPresent());
    }

    private Stream<LogicalVolume> named(Predicate<String> wanted) {
        return host.logicalVolumes().list().stream().filter(found -> wanted.test(found.name()));
    }

    // A plain snapshot has no epoch, and is alone.
    private static long epoch(LogicalVolume copy) {
        return CopyTags.find(copy).map(CopyTags::epoch).orElse(0L);
    }
}
