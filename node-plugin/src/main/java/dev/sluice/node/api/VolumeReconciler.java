package dev.sluice.node.api;

import dev.sluice.api.Allocation;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.stack.VolumeOrder;
import dev.sluice.node.stack.VolumeOutcome;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings up the volumes this node is home of, and takes down those that are ordered to be absent. */
public final class VolumeReconciler implements Reconciler<Volume> {
    private static final Logger log = LoggerFactory.getLogger(VolumeReconciler.class);

    private final NodeClusterAccess cluster;
    private final VolumeWork work;
    private final SourceLogins sources;
    private final PeerInventories inventories;
    private final Provenance provenance;
    private final LostCopies lost;
    private final VolumeBoard board;
    private final HydrationPublisher hydrations;
    private final Runnable poolsChanged;
    private final SimpleInboundEventSource<Volume> triggers = new SimpleInboundEventSource<>("triggers");
    // Read-your-writes by uid: the informer's copy may be older than the last patch.
    private final Map<String, VolumeStatus> written = new ConcurrentHashMap<>();

    VolumeReconciler(
            NodeClusterAccess cluster,
            VolumeWork work,
            SourceLogins sources,
            PeerInventories inventories,
            VolumeBoard board,
            HydrationPublisher hydrations,
            Runnable poolsChanged) {
        this.cluster = cluster;
        this.work = work;
        this.sources = sources;
        this.inventories = inventories;
        this.provenance = new Provenance(cluster);
        this.lost = new LostCopies(cluster, work, poolsChanged);
        this.board = board;
        this.hydrations = hydrations;
        this.poolsChanged = poolsChanged;
    }

    /** Has a volume looked at again now. */
    public void trigger(String volume) {
        triggers.propagateEvent(new ResourceID(volume));
    }

    /** Has a volume whose copy is complete looked at, unless that is known. */
    public void hydrated(String volume) {
        boolean known =
                board.find(volume).filter(entry -> entry.outcome().hydrated()).isPresent();
        if (!known) {
            trigger(volume);
        }
    }

    @Override
    public List<EventSource<?, Volume>> prepareEventSources(EventSourceContext<Volume> context) {
        return List.of(triggers);
    }

    @Override
    public UpdateControl<Volume> reconcile(Volume volume, Context<Volume> context) {
        if (context.isPrimaryResourceDeleted()) {
            // An object that is gone orders nothing: its devices stay until somebody says Absent.
            written.remove(volume.getMetadata().getUid());
            hydrations.forget(volume.getMetadata().getName());
            return UpdateControl.noUpdate();
        }
        reconcile(volume);
        return UpdateControl.noUpdate();
    }

    @Override
    public ErrorStatusUpdateControl<Volume> updateErrorStatus(
            Volume volume, Context<Volume> context, Exception failure) {
        return ErrorStatusUpdateControl.noStatusUpdate();
    }

    void reconcile(Volume volume) {
        VolumeSpec spec = volume.getSpec();
        if (spec == null || !spec.home().equals(cluster.node())) {
            board.remove(volume.getMetadata().getName());
            // Its new home tells of it now.
            hydrations.forget(volume.getMetadata().getName());
            if (spec != null) {
                lost.keep(volume, spec);
            }
            return;
        }
        if (spec.target() != null && spec.state() == DesiredState.PRESENT) {
            // It is being given up: what is stacked stays until nobody has it open, and nothing is stacked any more.
            board.remove(volume.getMetadata().getName());
            return;
        }
        VolumeStatus known = known(volume, spec);
        boolean leaving = lost.isLeaving(spec);
        if (leaving) {
            // Before its copy is closed: whoever finds the volume ready has declared itself.
            board.remove(volume.getMetadata().getName());
        }
        try {
            lost.keep(volume, spec);
            if (leaving && spec.state() == DesiredState.PRESENT) {
                return;
            }
            inventories.requireCurrent(volume.getMetadata().getName(), spec);
            switch (spec.state()) {
                case PRESENT -> bring(volume, spec, known);
                case ABSENT -> remove(volume, spec, known);
            }
        } catch (SluiceException e) {
            report(volume, spec, e);
            throw e;
        }
    }

    private void bring(Volume volume, VolumeSpec spec, @Nullable VolumeStatus known) {
        String id = volume.getMetadata().getName();
        if ((known == null || known.allocated() == null) && !work.isHere(id, spec.epoch())) {
            provenance.requireFirst(id, spec);
        }
        hydrations.track(volume);
        boolean whole = known != null && known.hydrated();
        IscsiLogin source = whole ? null : sources.find(id, spec).orElse(null);
        VolumeOrder order = new VolumeOrder(
                id,
                spec,
                known == null ? null : known.allocated(),
                source,
                whole ? null : sources.digests(id, spec),
                whole ? null : sources.usedMap(id, spec));
        VolumeOutcome outcome = explained(spec, id, work.bring(order, early -> publish(volume, spec, early)));
        board.put(id, spec.epoch(), outcome);
        work.follow(order, outcome);
        publish(volume, spec, outcome);
    }

    private void remove(Volume volume, VolumeSpec spec, @Nullable VolumeStatus known) {
        String id = volume.getMetadata().getName();
        board.remove(id);
        if (known != null && known.phase() == VolumePhase.REMOVED || !confirmed(volume)) {
            return;
        }
        hydrations.forget(id);
        work.remove(id, spec, known == null ? null : known.allocated());
        write(volume, new VolumeStatus(spec.epoch(), VolumePhase.REMOVED, null, false, null, null, null, null));
        log.info("volume {} is removed", id);
    }

    /** The order to destroy is obeyed only as it stands in the cluster now, not as a cache remembers it. */
    private boolean confirmed(Volume volume) {
        return cluster.findVolume(volume.getMetadata().getName())
                .filter(live -> Objects.equals(
                        live.getMetadata().getUid(), volume.getMetadata().getUid()))
                .map(Volume::getSpec)
                .filter(spec ->
                        spec.state() == DesiredState.ABSENT && spec.home().equals(cluster.node()))
                .isPresent();
    }

    /** A volume that waits for an export waits for the reason the export gives. */
    private VolumeOutcome explained(VolumeSpec spec, String id, VolumeOutcome outcome) {
        if (outcome.phase() == VolumePhase.READY) {
            return outcome;
        }
        return sources.complaint(id, spec)
                .map(status -> new VolumeOutcome(
                        outcome.phase(),
                        outcome.allocated(),
                        outcome.hydrated(),
                        outcome.sizeBytes(),
                        status.reason(),
                        status.message()))
                .orElse(outcome);
    }

    private void publish(Volume volume, VolumeSpec spec, VolumeOutcome outcome) {
        boolean ready = VolumeOutcome.READY.equals(outcome.reason());
        write(
                volume,
                new VolumeStatus(
                        spec.epoch(),
                        outcome.phase(),
                        outcome.allocated(),
                        outcome.hydrated(),
                        outcome.sizeBytes(),
                        ready ? null : outcome.reason(),
                        ready ? null : outcome.message(),
                        null));
    }

    private void report(Volume volume, VolumeSpec spec, SluiceException failure) {
        String id = volume.getMetadata().getName();
        VolumeStatus known = known(volume, spec);
        VolumeStatus status = VolumeFailures.status(spec.epoch(), known, failure);
        Allocation allocated = status.allocated();
        board.put(
                id,
                spec.epoch(),
                new VolumeOutcome(
                        status.phase() == VolumePhase.READY ? VolumePhase.ALLOCATED : status.phase(),
                        allocated,
                        status.hydrated(),
                        spec.sizeBytes(),
                        status.reason(),
                        status.message()));
        if (!status.equals(known)) {
            log.warn("volume {}: {}: {}", id, status.reason(), status.message());
        }
        try {
            write(volume, status);
        } catch (SluiceException | KubernetesClientException unreachable) {
            failure.addSuppressed(unreachable);
        }
    }

    private @Nullable VolumeStatus known(Volume volume, VolumeSpec spec) {
        VolumeStatus known = written.getOrDefault(volume.getMetadata().getUid(), volume.getStatus());
        return known != null && known.epoch() == spec.epoch() ? known : null;
    }

    private void write(Volume volume, VolumeStatus status) {
        String uid = volume.getMetadata().getUid();
        if (status.equals(written.getOrDefault(uid, volume.getStatus()))) {
            return;
        }
        cluster.patchStatus(volume.getMetadata().getName(), status);
        VolumeStatus before = written.put(uid, status);
        if (before == null || before.phase() != status.phase()) {
            poolsChanged.run();
        }
    }
}
