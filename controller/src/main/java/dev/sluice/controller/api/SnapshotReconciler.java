package dev.sluice.controller.api;

import dev.sluice.api.DesiredState;
import dev.sluice.api.Snapshot;
import dev.sluice.controller.domain.SnapshotOperations;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Duration;

/** Drops the objects of users' snapshots that their nodes have removed after the call that ordered it was over. */
@ControllerConfiguration(name = "snapshot", generationAwareEventProcessing = false, triggerReconcilerOnAllEvents = true)
public final class SnapshotReconciler implements Reconciler<Snapshot> {
    private static final Duration TOMBSTONE_CHECK = Duration.ofSeconds(30);

    private final SnapshotOperations snapshots;

    public SnapshotReconciler(SnapshotOperations snapshots) {
        this.snapshots = snapshots;
    }

    @Override
    public UpdateControl<Snapshot> reconcile(Snapshot snapshot, Context<Snapshot> context) {
        boolean leaving = snapshot.getSpec() != null && snapshot.getSpec().state() == DesiredState.ABSENT;
        if (!leaving || snapshot.getSpec().internal() || context.isPrimaryResourceDeleted()) {
            return UpdateControl.noUpdate();
        }
        snapshots.sweep(snapshot.getMetadata().getName());
        return UpdateControl.<Snapshot>noUpdate().rescheduleAfter(TOMBSTONE_CHECK);
    }
}
