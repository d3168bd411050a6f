package dev.sluice.controller.domain;

import dev.sluice.api.DesiredState;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.SnapshotGroup;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Snapshots of several volumes at one instant. A group is its members: there is no other object. The node takes them when all are there, so
 * that whatever a crash here leaves is either completed by the next call or ordered away.
 */
public final class GroupSnapshotOperations {
    private static final Set<ErrorKind> PASSING =
            Set.of(ErrorKind.BUSY, ErrorKind.UNAVAILABLE, ErrorKind.STILL_WORKING);

    private final Registry registry;
    private final Sources sources;
    private final SnapshotOperations snapshots;

    GroupSnapshotOperations(Registry registry, Sources sources, SnapshotOperations snapshots) {
        this.registry = registry;
        this.sources = sources;
        this.snapshots = snapshots;
    }

    /** Snapshots in order of id. */
    public record GroupSnapshot(String id, List<Stored<SnapshotSpec, SnapshotStatus>> members) {
        public boolean ready() {
            return members.stream().allMatch(each -> SnapshotOperations.phase(Optional.of(each)) == ServedPhase.READY);
        }
    }

    public GroupSnapshot create(String name, List<String> volumes, Deadline deadline) {
        SnapshotGroup group = group(name, volumes);
        List<Stored<SnapshotSpec, SnapshotStatus>> found = members(group.id());
        verify(group, found);
        if (found.size() < group.members().size()) {
            try {
                createMissing(name, group);
            } catch (SluiceException e) {
                if (!PASSING.contains(e.kind())) {
                    found.forEach(member -> snapshots.orderAbsent(member.key()));
                }
                throw e;
            }
            verify(group, members(group.id()));
        }
        return new GroupSnapshot(
                group.id(),
                group.members().stream()
                        .map(member -> awaitReady(group, member, deadline))
                        .toList());
    }

    /** @param snapshotIds what the caller takes for its members; another list is refused */
    public void delete(String id, List<String> snapshotIds, Deadline deadline) {
        List<Stored<SnapshotSpec, SnapshotStatus>> members = members(id);
        if (members.isEmpty()) {
            return;
        }
        requireSame(id, members, snapshotIds);
        members.forEach(member -> snapshots.refuseWhileFeeding(member.key()));
        members.forEach(member -> snapshots.orderAbsent(member.key()));
        Deadline patience = deadline.atMost(Removal.PATIENCE);
        members.forEach(member -> snapshots.awaitRemoval(member, patience));
    }

    public GroupSnapshot get(String id, List<String> snapshotIds) {
        List<Stored<SnapshotSpec, SnapshotStatus>> members = members(id);
        if (members.isEmpty() || members.size() < group(members).members().size() || isLeaving(members)) {
            throw new SluiceException(ErrorKind.NOT_FOUND, "that group snapshot does not exist");
        }
        requireSame(id, members, snapshotIds);
        return new GroupSnapshot(id, members);
    }

    /** Members come and go together. */
    static void refuseAlone(Stored<SnapshotSpec, SnapshotStatus> snapshot) {
        SnapshotGroup group = snapshot.spec().group();
        if (group != null) {
            throw new SluiceException(
                    ErrorKind.INVALID,
                    "snapshot " + snapshot.key() + " is a member of group snapshot " + group.id()
                            + " and can only be deleted with it");
        }
    }

    private static SnapshotGroup group(String name, List<String> volumes) {
        if (new HashSet<>(volumes).size() < volumes.size()) {
            throw new SluiceException(ErrorKind.INVALID, "source_volume_ids names a volume twice");
        }
        String id = Names.groupSnapshotId(name);
        return new SnapshotGroup(
                id,
                volumes.stream()
                        .map(volume -> new SnapshotGroup.Member(Names.groupMemberId(id, volume), volume))
                        .sorted(Comparator.comparing(SnapshotGroup.Member::snapshot))
                        .toList());
    }

    private List<Stored<SnapshotSpec, SnapshotStatus>> members(String groupId) {
        if (!Names.isGroupSnapshotId(groupId)) {
            return List.of();
        }
        return registry.snapshots().findAll().stream()
                .filter(each -> {
                    SnapshotGroup group = each.spec().group();
                    return group != null && group.id().equals(groupId);
                })
                .sorted(Comparator.comparing(Stored::key))
                .toList();
    }

    private static void verify(SnapshotGroup group, List<Stored<SnapshotSpec, SnapshotStatus>> found) {
        if (found.stream().anyMatch(each -> !group.equals(each.spec().group()))) {
            throw new SluiceException(
                    ErrorKind.ALREADY_EXISTS, "a group snapshot of this name exists, of other volumes");
        }
        if (isLeaving(found)) {
            throw new SluiceException(ErrorKind.BUSY, "group snapshot " + group.id() + " is being deleted; retry");
        }
    }

    private void createMissing(String name, SnapshotGroup group) {
        requireCommonPlace(group);
        List<SnapshotSpec> specs = group.members().stream()
                .map(member -> SnapshotOperations.specify(name, whole(member.sourceVolume()), group))
                .toList();
        for (int index = 0; index < specs.size(); index++) {
            registry.snapshots().create(group.members().get(index).snapshot(), specs.get(index));
        }
    }

    private Stored<VolumeSpec, VolumeStatus> whole(String id) {
        Stored<VolumeSpec, VolumeStatus> volume = sources.liveVolume(id);
        if (Sources.feed(volume) != null) {
            throw new SluiceException(
                    ErrorKind.UNAVAILABLE,
                    "volume " + id + " is still hydrating; a group snapshot of it can be taken when it is hydrated");
        }
        return volume;
    }

    /** One instant exists on one node only, and in one pool one LVM command at a time makes it short. */
    private void requireCommonPlace(SnapshotGroup group) {
        List<Stored<VolumeSpec, ?>> volumes = group.members().stream()
                .<Stored<VolumeSpec, ?>>map(member -> sources.present(member.sourceVolume()))
                .toList();
        VolumeSpec first = volumes.getFirst().spec();
        boolean together = volumes.stream()
                .map(Stored::spec)
                .allMatch(
                        each -> each.home().equals(first.home()) && each.pool().equals(first.pool()));
        if (!together) {
            throw new SluiceException(
                    ErrorKind.IN_USE,
                    "volumes of a group snapshot must be on one node and in one pool: "
                            + volumes.stream()
                                    .map(each ->
                                            each.key() + " is on " + each.spec().home() + " in pool "
                                                    + each.spec().pool())
                                    .sorted()
                                    .collect(Collectors.joining(", ")));
        }
    }

    private Stored<SnapshotSpec, SnapshotStatus> awaitReady(
            SnapshotGroup group, SnapshotGroup.Member member, Deadline deadline) {
        return snapshots.awaitReady(
                member.snapshot(),
                "group snapshot " + group.id(),
                () -> members(group.id()).forEach(each -> snapshots.orderAbsent(each.key())),
                deadline);
    }

    private static void requireSame(
            String id, List<Stored<SnapshotSpec, SnapshotStatus>> members, List<String> snapshotIds) {
        Set<String> ids = group(members).members().stream()
                .map(SnapshotGroup.Member::snapshot)
                .collect(Collectors.toSet());
        if (!ids.equals(new HashSet<>(snapshotIds))) {
            throw new SluiceException(
                    ErrorKind.INVALID,
                    "snapshot_ids is not the list of the members of group snapshot " + id + ": they are "
                            + ids.stream().sorted().collect(Collectors.joining(", ")));
        }
    }

    /** What each of them says of all. */
    private static SnapshotGroup group(List<Stored<SnapshotSpec, SnapshotStatus>> members) {
        return Objects.requireNonNull(members.getFirst().spec().group(), "a member has a group");
    }

    private static boolean isLeaving(List<Stored<SnapshotSpec, SnapshotStatus>> members) {
        return members.stream().anyMatch(each -> each.spec().state() == DesiredState.ABSENT);
    }
}
