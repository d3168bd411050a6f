package dev.sluice.node.api;

import dev.sluice.api.DesiredState;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.Snapshot;
import dev.sluice.api.SnapshotGroup;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.stack.SnapshotFacts;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Snapshots that are taken at one instant: whichever member is reconciled last, all are taken then, and all are told. */
final class SnapshotGroups {
    private static final Logger log = LoggerFactory.getLogger(SnapshotGroups.class);

    private final NodeClusterAccess cluster;
    private final SnapshotWork work;
    private final Consumer<String> ready;
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    SnapshotGroups(NodeClusterAccess cluster, SnapshotWork work, Consumer<String> ready) {
        this.cluster = cluster;
        this.work = work;
        this.ready = ready;
    }

    /** Does nothing until all members are wanted, and nothing again once the group has failed: its removal is ordered then. */
    void take(SnapshotGroup group, SnapshotSpec spec) {
        alone(group, () -> {
            List<Snapshot> members = members(group);
            boolean wanted = members.size() == group.members().size();
            if (!wanted || members.stream().anyMatch(SnapshotGroups::hasFailed)) {
                return;
            }
            List<Snapshot> untold =
                    members.stream().filter(member -> !isTaken(member)).toList();
            if (!untold.isEmpty()) {
                take(group, spec.pool(), untold, untold.size() < members.size());
            }
            group.members().forEach(member -> ready.accept(member.snapshot()));
        });
    }

    /** One thing at a time in a group: a member is not removed while the group is being taken. */
    void alone(SnapshotGroup group, Runnable action) {
        ReentrantLock lock = locks.computeIfAbsent(group.id(), id -> new ReentrantLock());
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    private void take(SnapshotGroup group, String pool, List<Snapshot> untold, boolean told) {
        try {
            Map<String, SnapshotFacts> facts = work.findGroup(group, pool).orElseGet(() -> {
                // A member that was told of stands for an instant that has passed: no other is put in its place.
                if (told) {
                    throw lost(group);
                }
                return work.takeGroup(group, pool);
            });
            untold.forEach(member -> patch(member, ready(facts, member)));
            log.info("group snapshot {} of {} volumes is taken", group.id(), facts.size());
        } catch (SluiceException failure) {
            String reason = StatusReasons.of(failure.kind());
            boolean waits = failure.kind() == ErrorKind.UNAVAILABLE;
            ServedPhase phase = waits ? ServedPhase.PENDING : ServedPhase.FAILED;
            SnapshotStatus status = new SnapshotStatus(phase, null, null, null, reason, failure.getMessage());
            untold.stream()
                    .filter(member -> !status.equals(member.getStatus()))
                    .forEach(member -> patch(member, status));
            throw failure;
        }
    }

    private static SnapshotStatus ready(Map<String, SnapshotFacts> facts, Snapshot member) {
        SnapshotFacts taken = facts.get(member.getMetadata().getName());
        if (taken == null) {
            throw new IllegalStateException("a whole group has each of its members");
        }
        return new SnapshotStatus(
                ServedPhase.READY,
                taken.lvUuid(),
                taken.sizeBytes(),
                taken.creationTime().toString(),
                null,
                null);
    }

    /** Those that are to be there, as they stand in the cluster now. */
    private List<Snapshot> members(SnapshotGroup group) {
        return group.members().stream()
                .flatMap(member -> cluster.findSnapshot(member.snapshot()).stream())
                .filter(snapshot -> isWanted(snapshot.getSpec(), group))
                .toList();
    }

    private boolean isWanted(@Nullable SnapshotSpec spec, SnapshotGroup group) {
        return spec != null
                && spec.node().equals(cluster.node())
                && spec.state() == DesiredState.PRESENT
                && group.equals(spec.group());
    }

    private static boolean isTaken(Snapshot member) {
        return member.getStatus() != null && member.getStatus().lvUuid() != null;
    }

    private static boolean hasFailed(Snapshot member) {
        return member.getStatus() != null && member.getStatus().phase() == ServedPhase.FAILED;
    }

    private void patch(Snapshot member, SnapshotStatus status) {
        cluster.patchStatus(member.getMetadata().getName(), status);
    }

    private static SluiceException lost(SnapshotGroup group) {
        return new SluiceException(
                ErrorKind.DATA_LOSS,
                "group snapshot " + group.id() + " is not whole on this node any more: delete it, and take another");
    }
}
