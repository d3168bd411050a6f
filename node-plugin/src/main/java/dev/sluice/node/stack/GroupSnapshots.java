package dev.sluice.node.stack;

import dev.sluice.api.Encryption;
import dev.sluice.api.SnapshotGroup;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.clone.EncryptionTag;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.LogicalVolumeRequest;
import dev.sluice.node.host.PoolSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes snapshots of several volumes at one instant: while they are taken no write to any of them is acknowledged. All or nothing: one tag,
 * set when the last is there and the hold was not broken, makes the group; what a crash left without that tag is removed and taken anew.
 */
public final class GroupSnapshots {
    private static final String GROUP = "sluice.group=";
    private static final String COMPLETE = "sluice.group-complete";
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration ALLOWANCE = Duration.ofSeconds(6);
    private static final Duration EACH = Duration.ofSeconds(3);

    private final Host host;
    private final PoolDirectory pools;
    private final VolumeStacks stacks;
    private final WriteHolds holds;
    private final Clock clock;

    public GroupSnapshots(Host host, PoolDirectory pools, VolumeStacks stacks, WriteHolds holds, Clock clock) {
        this.host = host;
        this.pools = pools;
        this.stacks = stacks;
        this.holds = holds;
        this.clock = clock;
    }

    /** The snapshots by their ids; empty unless the whole group was taken and all of it is still there. */
    public Optional<Map<String, SnapshotFacts>> find(SnapshotGroup group, String pool) {
        PoolSettings settings = pools.named(pool);
        Map<String, SnapshotFacts> facts = new LinkedHashMap<>();
        for (SnapshotGroup.Member member : group.members()) {
            member(group, settings, member)
                    .ifPresent(snapshot -> facts.put(
                            member.snapshot(),
                            new SnapshotFacts(
                                    snapshot.uuid(), usableBytes(snapshot), Snapshots.created(snapshot), true)));
        }
        boolean complete = facts.size() == group.members().size()
                && mark(group, settings)
                        .filter(first -> first.tags().contains(COMPLETE))
                        .isPresent();
        return complete ? Optional.of(facts) : Optional.empty();
    }

    /** Takes the group once; later calls find it again. UNAVAILABLE while one of the volumes is itself hydrating. */
    public Map<String, SnapshotFacts> take(SnapshotGroup group, String pool) {
        PoolSettings settings = pools.named(pool);
        List<String> volumes =
                group.members().stream().map(SnapshotGroup.Member::sourceVolume).toList();
        return stacks.lockedAll(volumes, () -> {
            Optional<Map<String, SnapshotFacts>> taken = find(group, pool);
            if (taken.isPresent()) {
                return taken.get();
            }
            discard(group, settings);
            volumes.forEach(volume -> stacks.copies().requireWhole(settings, volume));
            volumes.forEach(volume -> MountedSource.find(host, volume).ifPresent(source -> {
                source.trim();
                source.checkpoint();
            }));
            cut(group, settings, volumes);
            LogicalVolume first = mark(group, settings).orElseThrow(() -> vanished(group));
            host.logicalVolumes().retag(first, Set.of(), Set.of(COMPLETE));
            return find(group, pool).orElseThrow(() -> vanished(group));
        });
    }

    private void cut(SnapshotGroup group, PoolSettings pool, List<String> volumes) {
        Duration time = time(volumes.size());
        try (WriteHolds.Hold hold = holds.hold(volumes, time)) {
            Set<String> tags = Set.of(
                    GROUP + group.id(), Snapshots.CREATED + clock.instant().getEpochSecond());
            for (SnapshotGroup.Member member : group.members()) {
                LogicalVolume source = stacks.copies().latest(member.sourceVolume());
                host.logicalVolumes()
                        .ensure(new LogicalVolumeRequest.ThinSnapshot(
                                pool.volumeGroup(),
                                source.name(),
                                member.snapshot(),
                                EncryptionTag.isOn(source) ? EncryptionTag.addTo(tags) : tags));
                if (!hold.unbroken()) {
                    throw new SluiceException(
                            ErrorKind.HOST,
                            "the snapshots of group " + group.id() + " were not all taken within the "
                                    + time.toSeconds()
                                    + " s for which writes may be held back; none is kept. LVM on this node is slow or busy:"
                                    + " ask again, or take smaller groups");
                }
            }
        } catch (SluiceException e) {
            discard(group, pool);
            throw e;
        }
    }

    /** Long enough for a slow LVM. Where it is quick, the hold ends with the last snapshot. */
    static Duration time(int members) {
        Duration wanted = ALLOWANCE.plus(EACH.multipliedBy(members));
        return Times.least(wanted, LONGEST);
    }

    /** Snapshots of a group that never became one: taken at different instants, perhaps, and never shown to anyone. */
    private void discard(SnapshotGroup group, PoolSettings pool) {
        for (SnapshotGroup.Member member : group.members()) {
            member(group, pool, member)
                    .ifPresent(snapshot -> host.logicalVolumes().remove(pool.volumeGroup(), snapshot.uuid()));
        }
    }

    private Optional<LogicalVolume> mark(SnapshotGroup group, PoolSettings pool) {
        return member(group, pool, group.members().getFirst());
    }

    private Optional<LogicalVolume> member(SnapshotGroup group, PoolSettings pool, SnapshotGroup.Member member) {
        Optional<LogicalVolume> found = host.logicalVolumes().find(pool.volumeGroup(), member.snapshot());
        found.filter(volume -> !volume.tags().contains(GROUP + group.id())).ifPresent(stranger -> {
            throw new SluiceException(
                    ErrorKind.HOST,
                    "logical volume " + stranger.name() + " is not a snapshot of group " + group.id()
                            + "; it is left alone");
        });
        return found;
    }

    /** What a pod sees of it: the header of an encrypted volume is no part of that. */
    private static long usableBytes(LogicalVolume snapshot) {
        return EncryptionTag.isOn(snapshot) ? snapshot.sizeBytes() - Encryption.HEADER_BYTES : snapshot.sizeBytes();
    }

    private static SluiceException vanished(SnapshotGroup group) {
        return new SluiceException(
                ErrorKind.HOST, "a snapshot of group " + group.id() + " went away while it was taken");
    }
}
