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
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes and removes the snapshots this node is to hold. */
public final class SnapshotReconciler implements Reconciler<Snapshot> {
    private static final Logger log = LoggerFactory.getLogger(SnapshotReconciler.class);

    private final NodeClusterAccess cluster;
    private final SnapshotWork work;
    private final Consumer<String> ready;
    private final SnapshotGroups groups;

    /** @param ready told the id of each snapshot that has become ready */
    SnapshotReconciler(NodeClusterAccess cluster, SnapshotWork work, Consumer<String> ready) {
        this.cluster = cluster;
        this.work = work;
        this.ready = ready;
        this.groups = new SnapshotGroups(cluster, work, ready);
    }

    @Override
    public UpdateControl<Snapshot> reconcile(Snapshot snapshot, Context<Snapshot> context) {
        if (!context.isPrimaryResourceDeleted()) {
            reconcile(snapshot);
        }
        return UpdateControl.noUpdate();
    }

    @Override
    public ErrorStatusUpdateControl<Snapshot> updateErrorStatus(
            Snapshot snapshot, Context<Snapshot> context, Exception failure) {
        return ErrorStatusUpdateControl.noStatusUpdate();
    }

    void reconcile(Snapshot snapshot) {
        SnapshotSpec spec = snapshot.getSpec();
        if (spec == null || !spec.node().equals(cluster.node())) {
            return;
        }
        SnapshotGroup group = spec.group();
        if (group != null) {
            switch (spec.state()) {
                case PRESENT -> groups.take(group, spec);
                case ABSENT -> groups.alone(group, () -> remove(snapshot, spec));
            }
            return;
        }
        try {
            switch (spec.state()) {
                case PRESENT -> take(snapshot, spec);
                case ABSENT -> remove(snapshot, spec);
            }
        } catch (SluiceException e) {
            report(snapshot, e);
            throw e;
        }
    }

    private void take(Snapshot snapshot, SnapshotSpec spec) {
        String id = snapshot.getMetadata().getName();
        // One that was taken is never taken again: it would show a later state under the same name.
        if (snapshot.getStatus() == null || snapshot.getStatus().lvUuid() == null) {
            SnapshotFacts facts = work.take(id, spec);
            cluster.patchStatus(
                    id,
                    new SnapshotStatus(
                            ServedPhase.READY,
                            facts.lvUuid(),
                            facts.sizeBytes(),
                            facts.creationTime().toString(),
                            null,
                            null));
        }
        ready.accept(id);
    }

    private void remove(Snapshot snapshot, SnapshotSpec spec) {
        String id = snapshot.getMetadata().getName();
        SnapshotStatus live = confirmed(snapshot);
        if (live == null || live.phase() == ServedPhase.REMOVED) {
            return;
        }
        work.remove(id, spec, live.lvUuid());
        cluster.patchStatus(id, new SnapshotStatus(ServedPhase.REMOVED, null, null, null, null, null));
        log.info("snapshot {} is removed", id);
    }

    /** The status as it stands in the cluster now, when the order to destroy stands there too; else null. */
    private @Nullable SnapshotStatus confirmed(Snapshot snapshot) {
        return cluster.findSnapshot(snapshot.getMetadata().getName())
                .filter(live -> Objects.equals(
                        live.getMetadata().getUid(), snapshot.getMetadata().getUid()))
                .filter(live -> live.getSpec().state() == DesiredState.ABSENT)
                .map(live -> live.getStatus() == null ? pending(null, null) : live.getStatus())
                .orElse(null);
    }

    private void report(Snapshot snapshot, SluiceException failure) {
        SnapshotStatus before = snapshot.getStatus();
        if (before != null && before.lvUuid() != null) {
            log.warn("snapshot {}: {}", snapshot.getMetadata().getName(), failure.getMessage());
            return;
        }
        boolean waits = failure.kind() == ErrorKind.UNAVAILABLE;
        String reason = StatusReasons.of(failure.kind());
        SnapshotStatus status = waits
                ? pending(reason, failure.getMessage())
                : new SnapshotStatus(ServedPhase.FAILED, null, null, null, reason, failure.getMessage());
        if (!status.equals(before)) {
            cluster.patchStatus(snapshot.getMetadata().getName(), status);
        }
    }

    private static SnapshotStatus pending(@Nullable String reason, @Nullable String message) {
        return new SnapshotStatus(ServedPhase.PENDING, null, null, null, reason, message);
    }
}
