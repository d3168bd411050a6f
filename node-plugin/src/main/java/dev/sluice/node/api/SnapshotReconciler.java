package dev.sluice.node.api;

import dev.sluice.api.DesiredState;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.Snapshot;
import dev.sluice.api.SnapshotGroup;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.stack.SnapshotFacts;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes and removes the snapshots this node is to hold, and has those hydrate that were taken of a hydrating volume. */
public final class SnapshotReconciler implements Reconciler<Snapshot> {
    private static final long FIRST_EPOCH = 1;
    private static final Logger log = LoggerFactory.getLogger(SnapshotReconciler.class);

    private final NodeClusterAccess cluster;
    private final SnapshotWork work;
    private final SourceLogins sources;
    private final Consumer<String> ready;
    private final Consumer<String> forget;
    private final SnapshotGroups groups;
    private final SimpleInboundEventSource<Snapshot> triggers = new SimpleInboundEventSource<>("triggers");
    // Read-your-writes by uid and epoch: the informer's copy may be older than the last patch.
    private final Map<String, SnapshotStatus> written = new ConcurrentHashMap<>();

    /**
     * @param ready told the id of each snapshot that can be served
     * @param forget told the id of each snapshot whose progress is of interest no more
     */
    SnapshotReconciler(
            NodeClusterAccess cluster,
            SnapshotWork work,
            SourceLogins sources,
            Consumer<String> ready,
            Consumer<String> forget) {
        this.cluster = cluster;
        this.work = work;
        this.sources = sources;
        this.ready = ready;
        this.forget = forget;
        this.groups = new SnapshotGroups(cluster, work, ready);
    }

    /** Has a snapshot looked at again now. */
    public void trigger(String snapshot) {
        triggers.propagateEvent(new ResourceID(snapshot));
    }

    @Override
    public List<EventSource<?, Snapshot>> prepareEventSources(EventSourceContext<Snapshot> context) {
        return List.of(triggers);
    }

    @Override
    public UpdateControl<Snapshot> reconcile(Snapshot snapshot, Context<Snapshot> context) {
        if (context.isPrimaryResourceDeleted()) {
            written.remove(key(snapshot));
        } else {
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
        // A member that has moved is a snapshot like any other: its group was complete before.
        if (group != null && spec.move() == null) {
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
        SnapshotStatus status = known(snapshot);
        if (status == null || status.lvUuid() == null) {
            SnapshotFacts facts = work.take(id, spec);
            status = new SnapshotStatus(
                    ServedPhase.READY,
                    facts.lvUuid(),
                    facts.sizeBytes(),
                    facts.creationTime().toString(),
                    null,
                    null,
                    facts.whole());
            write(snapshot, status);
        }
        if (Boolean.FALSE.equals(status.hydrated())) {
            hydrate(snapshot, spec, status);
        }
        ready.accept(id);
    }

    private void hydrate(Snapshot snapshot, SnapshotSpec spec, SnapshotStatus taken) {
        String id = snapshot.getMetadata().getName();
        IscsiLogin source = sources.find(id, FIRST_EPOCH, spec.feed()).orElse(null);
        if (work.stack(id, spec, taken, source)) {
            write(
                    snapshot,
                    new SnapshotStatus(
                            taken.phase(), taken.lvUuid(), taken.sizeBytes(), taken.creationTime(), null, null, true));
            forget.accept(id);
            log.info("snapshot {} is whole and needs its source's origin no more", id);
        }
    }

    private void remove(Snapshot snapshot, SnapshotSpec spec) {
        String id = snapshot.getMetadata().getName();
        SnapshotStatus live = confirmed(snapshot);
        if (live == null || live.phase() == ServedPhase.REMOVED) {
            return;
        }
        work.remove(id, spec, live.lvUuid());
        forget.accept(id);
        write(snapshot, new SnapshotStatus(ServedPhase.REMOVED, null, null, null, null, null));
        log.info("snapshot {} is removed", id);
    }

    /** The status as it stands in the cluster now, when the order to destroy stands there too; else null. */
    private @Nullable SnapshotStatus confirmed(Snapshot snapshot) {
        return cluster.findSnapshot(snapshot.getMetadata().getName())
                .filter(live -> Objects.equals(
                        live.getMetadata().getUid(), snapshot.getMetadata().getUid()))
                .filter(live -> live.getSpec().state() == DesiredState.ABSENT
                        && live.getSpec().node().equals(cluster.node()))
                .map(live -> Objects.requireNonNullElseGet(ofThisHome(live), () -> pending(null, null)))
                .orElse(null);
    }

    private void report(Snapshot snapshot, SluiceException failure) {
        SnapshotStatus before = known(snapshot);
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
            write(snapshot, status);
        }
    }

    private @Nullable SnapshotStatus known(Snapshot snapshot) {
        SnapshotStatus own = written.get(key(snapshot));
        return own != null ? own : ofThisHome(snapshot);
    }

    /** What its former home told of it is not what this node has. */
    private static @Nullable SnapshotStatus ofThisHome(Snapshot snapshot) {
        SnapshotStatus status = snapshot.getStatus();
        return snapshot.getSpec().isOfFormerHome(status) ? null : status;
    }

    private static String key(Snapshot snapshot) {
        SnapshotSpec spec = snapshot.getSpec();
        return snapshot.getMetadata().getUid() + "/" + (spec == null ? 1 : spec.epoch());
    }

    private void write(Snapshot snapshot, SnapshotStatus status) {
        cluster.patchStatus(snapshot.getMetadata().getName(), status);
        written.put(key(snapshot), status);
    }

    private static SnapshotStatus pending(@Nullable String reason, @Nullable String message) {
        return new SnapshotStatus(ServedPhase.PENDING, null, null, null, reason, message);
    }
}
