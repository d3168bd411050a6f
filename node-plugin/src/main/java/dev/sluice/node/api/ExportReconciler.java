package dev.sluice.node.api;

import dev.sluice.api.DesiredState;
import dev.sluice.api.Export;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.Snapshot;
import dev.sluice.api.SnapshotMove;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.stack.ExportFacts;
import dev.sluice.node.stack.ExportOrder;
import dev.sluice.node.stack.NodeKeys;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves this node's origins to the nodes that clone them. */
public final class ExportReconciler implements Reconciler<Export> {
    private static final Logger log = LoggerFactory.getLogger(ExportReconciler.class);

    // A copy that was given up before it was whole is followed by nobody else: its own origin may go away and come
    // back.
    private static final Duration PATH_CHECK = Duration.ofSeconds(10);

    private final NodeClusterAccess cluster;
    private final ExportWork work;
    private final OutBudget budget;
    private final Departures departures;
    private final LeftSnapshots leftSnapshots;
    private final PeerNodes peers;
    private final NodeKeys keys;
    private final String portal;
    private final SimpleInboundEventSource<Export> triggers = new SimpleInboundEventSource<>("triggers");
    private final Map<String, ExportSpec> seen = new ConcurrentHashMap<>();

    /** @param portal address:port this node serves at */
    ExportReconciler(
            NodeClusterAccess cluster,
            ExportWork work,
            OutBudget budget,
            LeftSnapshots leftSnapshots,
            SourceLogins sources,
            PeerNodes peers,
            PeerInventories inventories,
            NodeKeys keys,
            String portal) {
        this.cluster = cluster;
        this.work = work;
        this.budget = budget;
        this.leftSnapshots = leftSnapshots;
        this.departures = new Departures(cluster, work, sources, inventories);
        this.peers = peers;
        this.keys = keys;
        this.portal = portal;
    }

    /** Has the exports of a source looked at that has become ready, or can be fed now. */
    public void sourceReady(String source) {
        trigger(spec -> spec.source().equals(source));
    }

    /** Has the exports to a node whose key or initiator name is new looked at. */
    public void clientChanged(String node) {
        trigger(spec -> spec.clientNode().equals(node));
    }

    @Override
    public List<EventSource<?, Export>> prepareEventSources(EventSourceContext<Export> context) {
        return List.of(triggers);
    }

    @Override
    public UpdateControl<Export> reconcile(Export export, Context<Export> context) {
        if (context.isPrimaryResourceDeleted()) {
            seen.remove(export.getMetadata().getName());
            budget.forget(export.getMetadata().getName());
            return UpdateControl.noUpdate();
        }
        reconcile(export);
        ExportSpec spec = export.getSpec();
        return spec != null && spec.sourceIsVolume() && spec.state() == DesiredState.PRESENT
                ? UpdateControl.<Export>noUpdate().rescheduleAfter(PATH_CHECK)
                : UpdateControl.noUpdate();
    }

    @Override
    public ErrorStatusUpdateControl<Export> updateErrorStatus(
            Export export, Context<Export> context, Exception failure) {
        return ErrorStatusUpdateControl.noStatusUpdate();
    }

    void reconcile(Export export) {
        ExportSpec spec = export.getSpec();
        if (spec == null || !spec.originNode().equals(cluster.node())) {
            return;
        }
        // Before anything is looked up: whatever becomes ready from here on triggers this export again.
        seen.put(export.getMetadata().getName(), spec);
        budget.learn(export);
        try {
            switch (spec.state()) {
                case PRESENT -> serve(export, spec);
                case ABSENT -> stop(export, spec);
            }
        } catch (SluiceException e) {
            boolean waits = e.kind() == ErrorKind.UNAVAILABLE
                    || e.kind() == ErrorKind.NOT_FOUND
                    || e.kind() == ErrorKind.IN_USE;
            ExportStatus status = unserved(
                    waits ? ServedPhase.PENDING : ServedPhase.FAILED, StatusReasons.of(e.kind()), e.getMessage());
            write(export, spec.sourceIsVolume() ? departures.explain(spec, status) : status);
            throw e;
        }
    }

    private void serve(Export export, ExportSpec spec) {
        Optional<Snapshot> snapshot = spec.sourceIsVolume()
                ? Optional.empty()
                : cluster.findSnapshot(spec.source()).filter(this::ready);
        if (!spec.sourceIsVolume() && snapshot.isEmpty()) {
            write(
                    export,
                    unserved(
                            ServedPhase.PENDING,
                            "WaitingForSnapshot",
                            "snapshot " + spec.source() + " is not ready yet"));
            return;
        }
        Optional<PeerNodes.Peer> client = peers.find(spec.clientNode());
        if (client.isEmpty()) {
            write(
                    export,
                    unserved(
                            ServedPhase.PENDING,
                            "WaitingForClient",
                            "node " + spec.clientNode() + " has not published its key and initiator name yet"));
            return;
        }
        write(
                export,
                snapshot.map(source -> serve(export, spec, source.getSpec().pool(), client.get()))
                        .orElseGet(
                                () -> departures.serve(export, spec, pool -> order(export, spec, pool, client.get()))));
    }

    private ExportStatus serve(Export export, ExportSpec spec, String pool, PeerNodes.Peer client) {
        ExportStatus status = served(work.serve(order(export, spec, pool, client)));
        return UsedMaps.told(work, export, pool, spec.source(), status);
    }

    private ExportOrder order(Export export, ExportSpec spec, String pool, PeerNodes.Peer client) {
        String name = export.getMetadata().getName();
        return new ExportOrder(
                name,
                pool,
                spec.source(),
                client.initiatorName(),
                portal,
                keys.chapFor(client.publicKey(), name, export.getMetadata().getUid()));
    }

    private void stop(Export export, ExportSpec spec) {
        String name = export.getMetadata().getName();
        boolean done = export.getStatus() != null && export.getStatus().phase() == ServedPhase.REMOVED;
        if (done || !confirmed(export)) {
            return;
        }
        if (spec.sourceIsVolume() && !departures.end(export, spec)) {
            serve(export, spec);
            return;
        }
        work.stop(name);
        if (!spec.sourceIsVolume() && spec.release() != null) {
            leftSnapshots.remove(spec.source(), spec.release());
        }
        write(export, unserved(ServedPhase.REMOVED, null, null));
        log.info("export {} is removed", name);
    }

    private boolean confirmed(Export export) {
        return cluster.findExport(export.getMetadata().getName())
                .filter(live -> Objects.equals(
                        live.getMetadata().getUid(), export.getMetadata().getUid()))
                .map(Export::getSpec)
                .filter(spec -> spec.state() == DesiredState.ABSENT
                        && Objects.equals(spec.release(), export.getSpec().release()))
                .isPresent();
    }

    private void write(Export export, ExportStatus status) {
        budget.write(export, status);
    }

    private void trigger(Predicate<ExportSpec> which) {
        seen.forEach((name, spec) -> {
            if (which.test(spec)) {
                triggers.propagateEvent(new ResourceID(name));
            }
        });
    }

    private boolean ready(Snapshot snapshot) {
        SnapshotSpec spec = snapshot.getSpec();
        SnapshotStatus status = snapshot.getStatus();
        if (spec == null || spec.state() != DesiredState.PRESENT) {
            return false;
        }
        if (spec.node().equals(cluster.node())) {
            return status != null && status.phase() == ServedPhase.READY && !spec.isOfFormerHome(status);
        }
        // What is read on its former home is read there to the end.
        SnapshotMove move = spec.move();
        return move != null && move.left() != null && move.left().node().equals(cluster.node());
    }

    private static ExportStatus served(ExportFacts facts) {
        return new ExportStatus(
                ServedPhase.READY,
                facts.portal(),
                facts.iqn(),
                facts.lun(),
                facts.serial(),
                facts.sizeBytes(),
                null,
                null,
                null,
                null,
                null);
    }

    private static ExportStatus unserved(ServedPhase phase, @Nullable String reason, @Nullable String message) {
        return new ExportStatus(phase, null, null, null, null, null, null, null, null, reason, message);
    }
}
