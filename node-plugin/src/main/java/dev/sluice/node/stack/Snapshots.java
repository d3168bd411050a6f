package dev.sluice.node.stack;

import dev.sluice.api.Allocation;
import dev.sluice.api.Encryption;
import dev.sluice.api.Feed;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.SnapshotMove;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumeSpec;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CopyState;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.LogicalVolumeRequest;
import dev.sluice.node.host.PoolSettings;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes and removes snapshots of this node's volumes: thin snapshots, crash-consistent. One of a volume that is still hydrating is stacked
 * as a volume is, and hydrates from the same origin.
 */
public final class Snapshots {
    static final String CREATED = "sluice.created=";
    private static final long EPOCH = 1;

    private final Host host;
    private final PoolDirectory pools;
    private final VolumeStacks stacks;
    private final Clock clock;

    public Snapshots(Host host, PoolDirectory pools, VolumeStacks stacks, Clock clock) {
        this.host = host;
        this.pools = pools;
        this.stacks = stacks;
        this.clock = clock;
    }

    /** Takes it once; later calls find it again. UNAVAILABLE while the source is not usable yet. */
    public SnapshotFacts take(String id, SnapshotSpec spec) {
        SnapshotMove move = spec.move();
        if (move != null) {
            return takeOver(id, spec, move);
        }
        PoolSettings pool = pools.named(spec.pool());
        Set<String> tags = Set.of(
                "sluice.snapshot-of=" + spec.sourceVolume(),
                CREATED + clock.instant().getEpochSecond());
        if (stacks.findCopy(pool, id).isEmpty()) {
            make(id, spec, pool, tags);
        }
        LogicalVolume snapshot = host.logicalVolumes()
                .ensure(new LogicalVolumeRequest.ThinSnapshot(
                        pool.volumeGroup(), stacks.copies().latestName(spec.sourceVolume()), id, tags));
        boolean whole = CopyTags.find(snapshot)
                .map(copy -> copy.state() == CopyState.LINEAR)
                .orElse(true);
        return new SnapshotFacts(snapshot.uuid(), snapshot.sizeBytes() - header(spec), created(snapshot), whole);
    }

    /**
     * The same snapshot on another node: of the volume that was copied from it, which is whole and which nobody has used. All else that has
     * these bytes goes when this is told, so it is on the medium before.
     */
    private SnapshotFacts takeOver(String id, SnapshotSpec spec, SnapshotMove move) {
        PoolSettings pool = pools.named(spec.pool());
        Set<String> taking = Set.of("sluice.moving=" + move.epoch());
        Set<String> taken = Set.of("sluice.moved=" + move.epoch());
        Optional<LogicalVolume> found = host.logicalVolumes().find(pool.volumeGroup(), id);
        found.filter(known -> !known.tags().containsAll(taking) && !known.tags().containsAll(taken))
                .ifPresent(Snapshots::refuse);
        if (found.isEmpty()) {
            stacks.copies().requireWhole(pool, move.copy());
        }
        Set<String> tags = new HashSet<>(taking);
        tags.add("sluice.snapshot-of=" + spec.sourceVolume());
        tags.add(CREATED + Instant.parse(move.creationTime()).getEpochSecond());
        LogicalVolume snapshot = host.logicalVolumes()
                .ensure(new LogicalVolumeRequest.ThinSnapshot(pool.volumeGroup(), move.copy(), id, tags));
        host.logicalVolumes().retag(snapshot, taking, taken);
        return new SnapshotFacts(snapshot.uuid(), snapshot.sizeBytes() - header(spec), created(snapshot), true);
    }

    private static void refuse(LogicalVolume stranger) {
        throw new SluiceException(
                ErrorKind.DATA_LOSS,
                "logical volume " + stranger.volumeGroup() + "/" + stranger.name() + " (LV UUID " + stranger.uuid()
                        + ") was left here by an earlier stay of the snapshot; it is left alone. Remove it by hand");
    }

    private static long header(SnapshotSpec spec) {
        return spec.encryption() == null ? 0 : Encryption.HEADER_BYTES;
    }

    private void make(String id, SnapshotSpec spec, PoolSettings pool, Set<String> tags) {
        boolean fed = spec.feed() != null;
        if (!fed) {
            // While the source hydrates, what is skipped is counted where that is followed.
            MountedSource.find(host, spec.sourceVolume()).ifPresent(MountedSource::trim);
        }
        stacks.takeInUse(pool, spec.sourceVolume(), id, EPOCH, fed, tags);
    }

    /**
     * Brings up the stack of a snapshot that still needs the origin of its source, as far as it can go now.
     *
     * @param source how to reach that origin; null when its export is not ready
     */
    public Stacked stack(String id, SnapshotSpec spec, SnapshotStatus taken, @Nullable IscsiLogin source) {
        VolumeOrder order = order(id, spec, taken, source);
        VolumeOutcome outcome = stacks.bring(order);
        if (outcome.hydrated()) {
            removeOuter(id);
        }
        return new Stacked(order, outcome);
    }

    /** A snapshot as a volume of its own, and how far that is. */
    public record Stacked(VolumeOrder order, VolumeOutcome outcome) {}

    // The one snapshot of an internal clone goes with it, so it passes on what it has not, and copies nothing itself.
    private static VolumeOrder order(String id, SnapshotSpec spec, SnapshotStatus taken, @Nullable IscsiLogin source) {
        Feed feed = Objects.requireNonNull(spec.feed(), "only a snapshot of a hydrating volume is stacked");
        return new VolumeOrder(
                id,
                new VolumeSpec(
                        spec.requestName(),
                        Objects.requireNonNull(taken.sizeBytes(), "what was taken has a size"),
                        spec.pool(),
                        VolumeMode.BLOCK,
                        null,
                        Placement.PINNED,
                        spec.node(),
                        null,
                        EPOCH,
                        new Origin(
                                OriginKind.SNAPSHOT, feed.snapshot(), feed.node(), feed.snapshot(), feed.sizeBytes()),
                        null,
                        new HydrationSettings(spec.internal(), spec.maxBytesPerSecond(), 0, null),
                        spec.state(),
                        null,
                        spec.encryption()),
                new Allocation("", Objects.requireNonNull(taken.lvUuid(), "what was taken has a logical volume")),
                source);
    }

    /** Whole, it is read from its logical volume like any snapshot, except by those that are served through the device. */
    private void removeOuter(String id) {
        try {
            host.deviceMapper().remove(Names.outerDevice(id));
        } catch (SluiceException e) {
            if (e.kind() != ErrorKind.IN_USE) {
                throw e;
            }
        }
    }

    /** Removes exactly the snapshot of this UUID; without one, nothing was taken that could be known. */
    public void remove(String id, SnapshotSpec spec, @Nullable String lvUuid) {
        stacks.remove(id, EPOCH, spec.pool(), lvUuid);
    }

    static Instant created(LogicalVolume snapshot) {
        return snapshot.tags().stream()
                .filter(tag -> tag.startsWith(CREATED))
                .map(tag -> Instant.ofEpochSecond(Long.parseLong(tag.substring(CREATED.length()))))
                .findFirst()
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.HOST,
                        "logical volume " + snapshot.name() + " is not a snapshot of Sluice's; it is left alone"));
    }
}
