package dev.sluice.node.stack;

import dev.sluice.api.Allocation;
import dev.sluice.api.HeldVolume;
import dev.sluice.api.Origin;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.clone.CopyState;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.clone.HydrationGeometry;
import dev.sluice.node.clone.LostWritesTag;
import dev.sluice.node.clone.Observed;
import dev.sluice.node.clone.OlderCopyTag;
import dev.sluice.node.clone.StackPlanner;
import dev.sluice.node.clone.Step;
import dev.sluice.node.clone.Tables;
import dev.sluice.node.clone.Wanted;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.IscsiSessions;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.Pool;
import dev.sluice.node.host.PoolSettings;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Brings volumes up on this node and takes them down. One change of a volume at a time; each starts from a fresh look. */
public final class VolumeStacks {
    private final Host host;
    private final PoolDirectory pools;
    private final Copies copies;
    private final FrozenSnapshots frozen;
    private final Composites composites;
    private final StackLocks locks = new StackLocks();

    public VolumeStacks(Host host, PoolDirectory pools) {
        this.host = host;
        this.pools = pools;
        this.copies = new Copies(host);
        this.frozen = new FrozenSnapshots(host);
        this.composites = new Composites(host, frozen);
    }

    /**
     * Does what is missing until the volume can be used, or as far as it can go while the origin's export is not ready.
     *
     * @param allocated told as soon as the logical volume exists, which is all that a create request has to wait for
     */
    public VolumeOutcome bring(VolumeOrder order, Consumer<VolumeOutcome> allocated) {
        long epoch = order.spec().epoch();
        return lockedCopy(order.id(), epoch, () -> {
            copies.requireSuccession(order.id(), epoch);
            PoolSettings pool = pools.named(order.spec().pool());
            takeInUse(order, pool);
            Wanted wanted = wanted(order, pool);
            Observed found = observe(wanted);
            try (IscsiSessions.Beginning _ = beginLogin(wanted, found)) {
                return bring(order, wanted, found, allocated);
            }
        });
    }

    private VolumeOutcome bring(VolumeOrder order, Wanted wanted, Observed before, Consumer<VolumeOutcome> allocated) {
        StepRunner runner = new StepRunner(host, order.id(), wanted.epoch(), wanted.volumeGroup());
        runner.run(StackPlanner.allocate(wanted, before));
        String refusal = grow(order, wanted, runner, observe(wanted));
        Observed found = observe(wanted);
        if (order.allocated() == null) {
            allocated.accept(outcome(VolumePhase.ALLOCATED, order, found, "Stacking", "the device is being stacked"));
        }
        runner.run(StackPlanner.stack(wanted, found));
        return judge(order, observe(wanted), refusal);
    }

    /** A new copy needs its logical volumes and the way to its origin, which take about as long: both at once. */
    private IscsiSessions.@Nullable Beginning beginLogin(Wanted wanted, Observed found) {
        return wanted.login() == null || found.data() != null
                ? null
                : host.sessions().begin(wanted.login());
    }

    /** Why a volume that exists could not be made larger; null when it is. It is of use in the size it has all the same. */
    private static @Nullable String grow(VolumeOrder order, Wanted wanted, StepRunner runner, Observed found) {
        try {
            runner.run(StackPlanner.grow(wanted, found));
            return null;
        } catch (SluiceException e) {
            if (e.kind() != ErrorKind.NO_SPACE || order.allocated() == null) {
                throw e;
            }
            return "cannot grow to " + wanted.sizeBytes() + " bytes: " + e.getMessage();
        }
    }

    public VolumeOutcome bring(VolumeOrder order) {
        return bring(order, outcome -> {});
    }

    /** Removes everything of a volume that is of its present epoch, as {@link #remove(String, long, String, String)} does. */
    public void remove(String id, VolumeSpec spec, @Nullable Allocation allocated) {
        remove(id, spec.epoch(), spec.pool(), allocated == null ? null : allocated.lvUuid());
    }

    /**
     * Removes everything of one copy of a volume, or of a snapshot, the data last. Only the logical volume that was allocated to it is removed;
     * without one, nothing was made that could be known.
     */
    void remove(String id, long epoch, String pool, @Nullable String lvUuid) {
        lockedCopy(id, epoch, () -> {
            String group = pools.named(pool).volumeGroup();
            Observed found = observe(id, epoch, group);
            LogicalVolume data = found.data();
            if (data != null && lvUuid != null && !data.uuid().equals(lvUuid)) {
                throw new SluiceException(
                        ErrorKind.HOST,
                        "logical volume " + group + "/" + data.name() + " has UUID " + data.uuid()
                                + ", the order to remove names " + lvUuid + ". It is left alone.");
            }
            new StepRunner(host, id, epoch, group).run(StackPlanner.remove(found));
            locks.forget(Names.copy(id, epoch));
            return true;
        });
    }

    /**
     * The swap to a linear table once everything is local: the finish protocol. False when the kernel, asked to commit, does not
     * confirm twice that nothing is missing.
     */
    public boolean finish(VolumeOrder order) {
        long epoch = order.spec().epoch();
        return lockedCopy(order.id(), epoch, () -> {
            String group = pools.named(order.spec().pool()).volumeGroup();
            Observed found = observe(order.id(), epoch, group);
            CopyTags tags = found.tags().orElse(null);
            if (tags == null || tags.isClosed() || tags.state() != CopyState.EXPOSED || found.engine() == null) {
                return tags != null && tags.state() == CopyState.LINEAR;
            }
            if (!committedComplete(Names.copy(order.id(), epoch))) {
                return false;
            }
            // As large as the outer device is now, not as an order says that may be older than an expansion.
            long bytes = Objects.requireNonNull(found.data()).sizeBytes();
            StepRunner runner = new StepRunner(host, order.id(), epoch, group);
            runner.run(List.of(new Step.LoadOuterOverData(bytes), new Step.Retag(tags.withState(CopyState.LINEAR))));
            Wanted wanted = wanted(order, pools.named(order.spec().pool()));
            runner.run(StackPlanner.stack(wanted, observe(wanted)));
            return true;
        });
    }

    /** Cuts a volume off whose engine has lost its metadata: reads of it would show the origin's data over newer writes. */
    void cutOff(String id) {
        locked(copies.latestName(id), () -> {
            MappedDevice outer = outer(id);
            String name = Names.outerDevice(id);
            host.deviceMapper().load(name, Names.dmUuid(name), false, Tables.error(Tables.bytes(outer.table())));
            return true;
        });
    }

    /** Writes down how many regions were known to be unused, so that a restart still tells copied from skipped. */
    void recordSkipped(String id, long regions) {
        locked(copies.latestName(id), () -> {
            LogicalVolume data = copies.latest(id);
            CopyTags tags = CopyTags.of(data);
            return host.logicalVolumes()
                    .retag(data, tags.print(), tags.withSkippedRegions(regions).print());
        });
    }

    /** Writes down that the comparison with an older copy has ended, and how many regions it spared. */
    void recordReused(String id, long epoch, long regions) {
        lockedCopy(id, epoch, () -> {
            LogicalVolume data = copies.find(id, epoch).orElseThrow();
            return host.logicalVolumes().retag(data, Set.of(), OlderCopyTag.ended(regions));
        });
    }

    /** Writes down when writes were given up that no fsync had confirmed. */
    void recordWritesLost(String id, long epoch, Instant time) {
        lockedCopy(id, epoch, () -> {
            LogicalVolume data = copies.find(id, epoch).orElseThrow();
            return host.logicalVolumes().retag(data, LostWritesTag.of(data), LostWritesTag.at(time));
        });
    }

    long reusedRegions(String id, long epoch) {
        return copies.find(id, epoch).stream()
                .flatMapToLong(data -> OlderCopyTag.reusedRegions(data).stream())
                .sum();
    }

    /** A copy that was taken completely; one that a crash left half taken is thrown away. */
    Optional<LogicalVolume> findCopy(PoolSettings pool, String id) {
        return composites.findComplete(pool.volumeGroup(), id);
    }

    /**
     * Makes a copy of a source that is in use, once: of one that is still hydrating with what that has, of one that is mounted with its file
     * system frozen; false, and nothing is made, when the source is neither.
     *
     * @param fed whether the copy may hydrate from where its source does
     * @param marks further tags of the copy
     */
    boolean takeInUse(PoolSettings pool, String source, String id, long epoch, boolean fed, Set<String> marks) {
        String group = pool.volumeGroup();
        if (composites.findComplete(group, id).isPresent()) {
            return true;
        }
        return locked(copies.latestName(source), () -> {
            LogicalVolume from = copies.require(pool, source);
            if (fed && composites.isHydrating(from)) {
                composites.take(source, from, id, epoch, marks);
                return true;
            }
            // Left by an attempt that a crash ended, before the source became whole.
            host.logicalVolumes()
                    .find(group, Names.metadataVolume(id))
                    .ifPresent(left -> host.logicalVolumes().remove(group, left.uuid()));
            copies.requireWhole(pool, source);
            return frozen.take(source, from, id, epoch, marks);
        });
    }

    private void takeInUse(VolumeOrder order, PoolSettings pool) {
        String source = localOrigin(order.spec());
        // Later epochs have a local origin only by an order to go on with it, and that is in nobody's use.
        if (order.allocated() == null && source != null && order.spec().epoch() == 1) {
            boolean fed = order.spec().feed() != null;
            takeInUse(pool, source, order.id(), order.spec().epoch(), fed, Set.of());
        }
    }

    boolean isQuiet(String id) {
        return composites.isQuiet(id);
    }

    /**
     * Gives a virgin copy its first content, and says so durably before it returns; any other copy is left as it is. A crash in between
     * begins anew: nobody has seen what was made.
     *
     * @param make writes and flushes the content; nothing of it is worth keeping when it fails
     */
    void ensureContent(String id, Runnable make) {
        locked(copies.latestName(id), () -> {
            LogicalVolume data = copies.latest(id);
            CopyTags tags = CopyTags.of(data);
            if (tags.state() == CopyState.VIRGIN && !tags.isClosed()) {
                make.run();
                host.logicalVolumes()
                        .retag(
                                data,
                                tags.print(),
                                tags.withState(CopyState.LINEAR).print());
            }
            return true;
        });
    }

    /** Whether there is a copy of this epoch, in whatever state. */
    public boolean isHere(String id, long epoch) {
        return copies.find(id, epoch).isPresent();
    }

    Copies copies() {
        return copies;
    }

    /** The device of a volume; pods use the decrypted one above it when the volume is encrypted. */
    public BlockDevice device(String id) {
        return outer(id).device();
    }

    CopyTags tags(String id) {
        return CopyTags.of(copies.latest(id));
    }

    @Nullable Instant writesLost(String id) {
        return LostWritesTag.find(copies.latest(id)).orElse(null);
    }

    /** Copies of volumes that are on this node. */
    public List<HeldVolume> inventory() {
        return copies.inventory();
    }

    private MappedDevice outer(String id) {
        return host.deviceMapper()
                .find(Names.outerDevice(id))
                .orElseThrow(
                        () -> new SluiceException(ErrorKind.NOT_FOUND, "volume " + id + " has no device on this node"));
    }

    /** Two flushing looks: the first makes the kernel commit, the second shows what was committed. */
    private boolean committedComplete(String copy) {
        for (int look = 0; look < 2; look++) {
            CloneStatus status = CloneStatus.parse(host.deviceMapper().status(Names.cloneDevice(copy), true));
            if (!(status instanceof CloneStatus.Working working && working.complete())) {
                return false;
            }
        }
        return true;
    }

    private Wanted wanted(VolumeOrder order, PoolSettings pool) {
        VolumeSpec spec = order.spec();
        Origin origin = spec.origin();
        long remoteBytes = origin != null && spec.originIsRemote() ? spec.deviceBytes(origin.sizeBytes()) : 0;
        long chunk = remoteBytes > 0 && order.allocated() == null
                ? host.pools().find(pool).map(Pool::chunkBytes).orElse(0L)
                : 0;
        Long region = spec.hydration().regionBytes();
        VolumeContent content = VolumeContent.of(spec);
        return new Wanted(
                order.id(),
                spec.epoch(),
                pool.volumeGroup(),
                pool.thinPool(),
                spec.deviceBytes(spec.sizeBytes()),
                spec.mode(),
                content.fsType(),
                content.mkfsOptions(),
                localOrigin(order, pool),
                remoteBytes,
                copies.findOlder(order, pool, remoteBytes)
                        .map(LogicalVolume::name)
                        .orElse(null),
                HydrationGeometry.choose(remoteBytes, chunk, region == null ? 0 : region),
                order.allocated(),
                Names.isVolumeId(order.id()),
                order.source(),
                content.encryption() != null);
    }

    private @Nullable String localOrigin(VolumeOrder order, PoolSettings pool) {
        String source = localOrigin(order.spec());
        boolean toBeMade = order.allocated() == null
                && copies.find(order.id(), order.spec().epoch()).isEmpty();
        if (source == null || !toBeMade) {
            return source;
        }
        return copies.requireWhole(pool, source).name();
    }

    private static @Nullable String localOrigin(VolumeSpec spec) {
        Origin origin = spec.origin();
        if (origin == null || spec.originIsRemote()) {
            return null;
        }
        return Optional.ofNullable(origin.snapshot()).orElse(origin.name());
    }

    private static VolumeOutcome judge(VolumeOrder order, Observed found, @Nullable String refusal) {
        boolean ready = found.outer() != null && !found.outer().table().isEmpty();
        if (!ready) {
            return outcome(
                    VolumePhase.ALLOCATED,
                    order,
                    found,
                    "WaitingForExport",
                    "waiting until the origin's node serves the export");
        }
        if (refusal != null) {
            return outcome(VolumePhase.READY, order, found, "NoSpace", refusal);
        }
        return outcome(VolumePhase.READY, order, found, VolumeOutcome.READY, "the device can be used");
    }

    private static VolumeOutcome outcome(
            VolumePhase phase, VolumeOrder order, Observed found, String reason, String message) {
        LogicalVolume data = found.data();
        Allocation allocation = data == null ? order.allocated() : new Allocation(data.vgUuid(), data.uuid());
        boolean hydrated =
                phase == VolumePhase.READY && found.tags().map(CopyTags::state).orElseThrow() != CopyState.EXPOSED;
        MappedDevice outer = found.outer();
        long size = outer == null ? order.spec().sizeBytes() : order.spec().usableBytes(Tables.bytes(outer.table()));
        return new VolumeOutcome(phase, allocation, hydrated, size, reason, message);
    }

    /** A fresh look at how full it is. */
    Optional<Pool> pool(String name) {
        return host.pools().find(pools.named(name));
    }

    String group(String pool) {
        return pools.named(pool).volumeGroup();
    }

    private Observed observe(Wanted wanted) {
        return observe(wanted.id(), wanted.epoch(), wanted.volumeGroup());
    }

    Observed observe(String id, long epoch, String group) {
        String copy = Names.copy(id, epoch);
        return new Observed(
                host.logicalVolumes().find(group, copy).orElse(null),
                host.logicalVolumes().find(group, Names.metadataVolume(copy)).orElse(null),
                host.deviceMapper().find(Names.outerDevice(id)).orElse(null),
                host.deviceMapper().find(Names.cloneDevice(copy)).orElse(null),
                host.deviceMapper().find(Names.sourceDevice(copy)).orElse(null),
                Sessions.ofCopy(host, id, epoch).orElse(null));
    }

    /** Nothing else changes any of these volumes meanwhile. */
    <T> T lockedAll(List<String> ids, Supplier<T> action) {
        return locks.lockedAll(ids.stream().map(copies::latestName).toList(), action);
    }

    /** A copy that was given up and is served need not wait for one that is being stacked: that may be stacked over it, through other nodes. */
    <T> T lockedCopy(String id, long epoch, Supplier<T> action) {
        return locked(Names.copy(id, epoch), action);
    }

    /** The same without waiting: empty, and nothing is done, while anything else changes the copy. */
    <T> Optional<T> attempt(String id, long epoch, Supplier<T> action) {
        return locks.attempt(Names.copy(id, epoch), action);
    }

    private <T> T locked(String copy, Supplier<T> action) {
        return locks.locked(copy, action);
    }
}
