package dev.sluice.node.api;

import dev.sluice.names.Names;
import dev.sluice.node.budget.BudgetBoard;
import dev.sluice.node.stack.NodeKeys;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.javaoperatorsdk.operator.processing.retry.Retry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The reconcilers of a node, tied to each other and run by the operator SDK. */
public final class NodeReconcilers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeReconcilers.class);
    // Each may wait for host tools; on small nodes more at once only queue up there.
    private static final int AT_ONCE = 8;

    private final NodeClusterAccess cluster;
    private final PeerNodes peers = new PeerNodes();
    private final PeerInventories inventories;
    private final IncomingExports incoming = new IncomingExports();
    private final BudgetWatch budgets;
    private final OutBudget out;
    private final VolumeReconciler volumes;
    private final ExportReconciler exports;
    private final SnapshotReconciler snapshots;
    private final ExecutorService reconciliations = Executors.newFixedThreadPool(
            AT_ONCE, Thread.ofVirtual().name("reconcile-", 0).factory());
    private final ScheduledExecutorService dividing = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("out-budget").factory());
    private final Operator operator;

    /** The devices, as the reconcilers use them. */
    public record Work(VolumeWork volumes, ExportWork exports, SnapshotWork snapshots) {}

    /**
     * @param portal address:port this node serves exports at
     * @param poolsChanged told when a volume has come or gone
     */
    public NodeReconcilers(
            KubernetesClient client,
            NodeClusterAccess cluster,
            Work work,
            NodeKeys keys,
            String portal,
            VolumeBoard board,
            HydrationPublisher hydrations,
            BudgetBoard limits,
            Runnable poolsChanged,
            Clock clock) {
        this.cluster = cluster;
        SourceLogins sources = new SourceLogins(incoming, peers, keys);
        this.budgets = new BudgetWatch(limits);
        this.inventories = new PeerInventories(cluster.node());
        this.volumes =
                new VolumeReconciler(cluster, work.volumes(), sources, inventories, board, hydrations, poolsChanged);
        LeftSnapshots left = new LeftSnapshots(cluster, work.snapshots());
        this.out = new OutBudget(cluster, limits, work.exports()::bytesServed, clock);
        this.exports =
                new ExportReconciler(cluster, work.exports(), out, left, sources, peers, inventories, keys, portal);
        this.snapshots =
                new SnapshotReconciler(cluster, work.snapshots(), sources, exports::sourceReady, hydrations::forget);
        incoming.onChange(this::trigger);
        peers.onChange(exports::clientChanged);
        peers.onChange(node -> incoming.from(node).forEach(this::trigger));
        hydrations.onHydrated(this::hydrated);
        this.operator = new Operator(settings -> settings.withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withExecutorService(reconciliations)
                .withUseSSAToPatchPrimaryResource(false)
                .withReconciliationTerminationTimeout(Duration.ofSeconds(5)));
        String node = cluster.node();
        register(volumes, Names.concernsLabel(node) + "=true");
        register(exports, Names.LABEL_NODE + "=" + node);
        register(snapshots, Names.LABEL_NODE + "=" + node);
    }

    /** Has the exports of a volume looked at whose hashes can be offered now. */
    public void digestsDone(String volume) {
        exports.sourceReady(volume);
    }

    /** Has the exports of a source looked at whose used map can be told now. */
    public void mapDone(String source) {
        exports.sourceReady(source);
    }

    private void trigger(String fed) {
        if (Names.isSnapshotId(fed)) {
            snapshots.trigger(fed);
        } else {
            volumes.trigger(fed);
            exports.sourceReady(fed);
        }
    }

    private void hydrated(String fed) {
        if (Names.isSnapshotId(fed)) {
            snapshots.trigger(fed);
        } else {
            volumes.hydrated(fed);
        }
    }

    public void start() {
        var nodes = cluster.watchStorageNodes(peers);
        // At once: the first volume may be one that another node has a later copy of.
        nodes.getStore().list().forEach(inventories::onAdd);
        nodes.addEventHandler(inventories);
        nodes.getStore().list().forEach(budgets.nodes()::onAdd);
        nodes.addEventHandler(budgets.nodes());
        var origins = cluster.watchIncomingExports(incoming);
        origins.getStore().list().forEach(budgets.exports()::onAdd);
        origins.addEventHandler(budgets.exports());
        operator.start();
        var unused = dividing.scheduleWithFixedDelay(this::divide, 1, 1, TimeUnit.SECONDS);
        log.info(
                "watching {} nodes and {} incoming exports",
                nodes.getStore().list().size(),
                origins.getStore().list().size());
    }

    private void divide() {
        try {
            out.look();
        } catch (RuntimeException e) {
            log.warn("what this node gives could not be divided, it is tried again: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        dividing.shutdownNow();
        operator.stop();
        reconciliations.shutdownNow();
    }

    // Statuses are written by this node alone, so only a new generation is news. All events: an object with a deletion
    // timestamp
    // must still be brought up after a reboot, and removed once it is ordered.
    private <T extends HasMetadata> void register(Reconciler<T> reconciler, String labels) {
        operator.register(
                reconciler,
                configuration -> configuration
                        .withLabelSelector(labels)
                        .withGenerationAware(true)
                        .withTriggerReconcilerOnAllEvents(true)
                        .withReconciliationMaxInterval(null)
                        .withRetry(retry()));
    }

    private static Retry retry() {
        return new GenericRetry()
                .setInitialInterval(500)
                .setIntervalMultiplier(1.5)
                .setMaxInterval(5_000)
                .withoutMaxAttempts();
    }
}
