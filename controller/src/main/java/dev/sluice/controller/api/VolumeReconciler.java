package dev.sluice.controller.api;

import dev.sluice.api.Attachment;
import dev.sluice.api.ClaimReference;
import dev.sluice.api.CloneHydration;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Export;
import dev.sluice.api.Snapshot;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeRecovery;
import dev.sluice.controller.domain.Families;
import dev.sluice.controller.domain.Registry;
import dev.sluice.controller.domain.VolumeStory;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps what a volume needs beside it, and lets it go in the right order. Not generation aware: the nodes' statuses drive it. */
@ControllerConfiguration(name = "volume", generationAwareEventProcessing = false, triggerReconcilerOnAllEvents = true)
public final class VolumeReconciler implements Reconciler<Volume> {
    // No event tells that an administrator has given up a dead node by deleting its StorageNode.
    private static final Duration TOMBSTONE_CHECK = Duration.ofSeconds(30);
    // Nor is there one when the PVC, which is not watched, gets its PV.
    private static final Duration CLAIM_CHECK = Duration.ofSeconds(10);

    // Room in a pool, a node that is back, or an evacuation that was ended, is no event either.
    private static final Duration MOVE_CHECK = Duration.ofSeconds(5);

    // Nor is the end of the time for which a copy is kept.
    private static final Duration RETENTION_CHECK = Duration.ofSeconds(10);

    private static final String BY_CLAIM = "claim";

    private final Registry registry;
    private final Families families;
    private final StartingPods starting;
    private final ClaimEvents events;
    private final Clock clock;

    public VolumeReconciler(
            Registry registry, Families families, StartingPods starting, ClaimEvents events, Clock clock) {
        this.registry = registry;
        this.families = families;
        this.starting = starting;
        this.events = events;
        this.clock = clock;
    }

    @Override
    public UpdateControl<Volume> reconcile(Volume volume, Context<Volume> context) {
        if (volume.getSpec() == null || context.isPrimaryResourceDeleted()) {
            return UpdateControl.noUpdate();
        }
        String id = volume.getMetadata().getName();
        // Most events are of what was written here, or of what others wait for: a live look costs a dozen requests.
        families.advance(id, families.over(SeenRegistry.of(registry, starting, volume, context)));
        tell(volume);
        if (volume.getSpec().state() == DesiredState.ABSENT) {
            return UpdateControl.<Volume>noUpdate().rescheduleAfter(TOMBSTONE_CHECK);
        }
        if (volume.getSpec().target() != null || isWantedElsewhere(volume, context) || isRecovering(volume)) {
            return UpdateControl.<Volume>noUpdate().rescheduleAfter(MOVE_CHECK);
        }
        if (retains(context)) {
            return UpdateControl.<Volume>noUpdate().rescheduleAfter(RETENTION_CHECK);
        }
        return awaitsOwner(volume, context)
                ? UpdateControl.<Volume>noUpdate().rescheduleAfter(CLAIM_CHECK)
                : UpdateControl.noUpdate();
    }

    private void tell(Volume volume) {
        VolumeStory.of(volume.getSpec(), volume.getStatus(), clock.instant())
                .forEach(event -> events.tell(volume, event));
    }

    /** What it waits for, a node's inventory or its absence, is no event here. */
    private static boolean isRecovering(Volume volume) {
        VolumeRecovery recovery = VolumeRecovery.of(volume.getSpec());
        return recovery.hasOrder() || recovery.copies().stream().anyMatch(lost -> lost.remove() != null);
    }

    private static boolean isWantedElsewhere(Volume volume, Context<Volume> context) {
        return context.getSecondaryResources(Attachment.class).stream()
                .anyMatch(each -> each.getSpec() != null
                        && !each.getSpec().node().equals(volume.getSpec().home()));
    }

    private static boolean retains(Context<Volume> context) {
        return context.getSecondaryResources(Export.class).stream()
                .anyMatch(each -> each.getSpec() != null && each.getSpec().onlyRetained());
    }

    @Override
    public List<EventSource<?, Volume>> prepareEventSources(EventSourceContext<Volume> context) {
        return List.of(
                watch(Snapshot.class, context),
                watch(Export.class, context),
                watch(CloneHydration.class, context),
                watch(Attachment.class, context),
                watchStarting(context));
    }

    private EventSource<?, Volume> watchStarting(EventSourceContext<Volume> context) {
        SimpleInboundEventSource<Volume> pods = new SimpleInboundEventSource<>("starting-pods");
        var volumes = context.getPrimaryCache();
        volumes.addIndexers(Map.of(BY_CLAIM, VolumeReconciler::claim));
        starting.onChange(claim -> volumes.byIndex(BY_CLAIM, claim)
                .forEach(volume ->
                        pods.propagateEvent(new ResourceID(volume.getMetadata().getName()))));
        return pods;
    }

    private static List<String> claim(Volume volume) {
        ClaimReference claim =
                volume.getSpec() == null ? null : volume.getSpec().claim();
        return claim == null ? List.of() : List.of(StartingPods.key(claim));
    }

    private static boolean awaitsOwner(Volume volume, Context<Volume> context) {
        ClaimReference claim = volume.getSpec().claim();
        return volume.getSpec().origin() != null
                && claim != null
                && claim.persistentVolume() != null
                && context.getSecondaryResources(CloneHydration.class).stream()
                        .allMatch(
                                each -> each.getMetadata().getOwnerReferences().isEmpty());
    }

    private static <R extends HasMetadata> EventSource<?, Volume> watch(
            Class<R> type, EventSourceContext<Volume> context) {
        var configuration = InformerEventSourceConfiguration.from(type, Volume.class)
                .withSecondaryToPrimaryMapper(VolumeReconciler::volumeOf)
                .withWatchAllNamespaces()
                .build();
        return new InformerEventSource<>(configuration, context);
    }

    private static Set<ResourceID> volumeOf(HasMetadata member) {
        String volume = member.getMetadata().getLabels().get(Names.LABEL_VOLUME);
        return volume == null ? Set.of() : Set.of(new ResourceID(volume));
    }
}
