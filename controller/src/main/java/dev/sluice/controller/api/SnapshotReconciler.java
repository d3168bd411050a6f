package dev.sluice.controller.api;

import dev.sluice.api.DesiredState;
import dev.sluice.api.Export;
import dev.sluice.api.Snapshot;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeSpec;
import dev.sluice.controller.domain.SnapshotOperations;
import dev.sluice.names.Names;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Keeps what snapshots of hydrating volumes need beside them, brings those that move on their way, and drops the objects of users' snapshots
 * that their nodes have removed after the call that ordered it was over.
 */
@ControllerConfiguration(name = "snapshot", generationAwareEventProcessing = false, triggerReconcilerOnAllEvents = true)
public final class SnapshotReconciler implements Reconciler<Snapshot> {
    private static final Duration TOMBSTONE_CHECK = Duration.ofSeconds(30);

    // That an evacuation was ended, or a node is away, is no event.
    private static final Duration MOVE_CHECK = Duration.ofSeconds(5);

    private final SnapshotOperations snapshots;

    public SnapshotReconciler(SnapshotOperations snapshots) {
        this.snapshots = snapshots;
    }

    @Override
    public UpdateControl<Snapshot> reconcile(Snapshot snapshot, Context<Snapshot> context) {
        SnapshotSpec spec = snapshot.getSpec();
        if (spec == null || context.isPrimaryResourceDeleted()) {
            return UpdateControl.noUpdate();
        }
        boolean leaving = spec.state() == DesiredState.ABSENT;
        if (leaving || spec.feed() != null || spec.target() != null || spec.move() != null) {
            snapshots.advance(snapshot.getMetadata().getName());
        }
        if (!spec.settled()) {
            return UpdateControl.<Snapshot>noUpdate().rescheduleAfter(MOVE_CHECK);
        }
        return leaving ? UpdateControl.<Snapshot>noUpdate().rescheduleAfter(TOMBSTONE_CHECK) : UpdateControl.noUpdate();
    }

    @Override
    public List<EventSource<?, Snapshot>> prepareEventSources(EventSourceContext<Snapshot> context) {
        var configuration = InformerEventSourceConfiguration.from(Export.class, Snapshot.class)
                .withSecondaryToPrimaryMapper(SnapshotReconciler::snapshotOf)
                .withWatchAllNamespaces()
                .build();
        var copies = InformerEventSourceConfiguration.from(Volume.class, Snapshot.class)
                .withSecondaryToPrimaryMapper(SnapshotReconciler::copied)
                .withWatchAllNamespaces()
                .build();
        return List.of(new InformerEventSource<>(configuration, context), new InformerEventSource<>(copies, context));
    }

    private static Set<ResourceID> copied(Volume volume) {
        VolumeSpec spec = volume.getSpec();
        return spec != null
                        && spec.origin() != null
                        && spec.isSnapshotCopy(volume.getMetadata().getName())
                ? Set.of(new ResourceID(spec.origin().name()))
                : Set.of();
    }

    private static Set<ResourceID> snapshotOf(Export export) {
        String fed = export.getMetadata().getLabels().get(Names.LABEL_VOLUME);
        return fed != null && Names.isSnapshotId(fed) ? Set.of(new ResourceID(fed)) : Set.of();
    }
}
