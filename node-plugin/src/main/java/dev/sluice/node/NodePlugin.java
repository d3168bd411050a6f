package dev.sluice.node;

import dev.sluice.error.SluiceException;
import dev.sluice.node.api.ClusterVolumeDirectory;
import dev.sluice.node.api.ExportWork;
import dev.sluice.node.api.HydrationMetrics;
import dev.sluice.node.api.HydrationPublisher;
import dev.sluice.node.api.NodeClusterAccess;
import dev.sluice.node.api.NodeReconcilers;
import dev.sluice.node.api.SnapshotWork;
import dev.sluice.node.api.StorageNodePublisher;
import dev.sluice.node.api.StrandedPods;
import dev.sluice.node.api.VolumeBoard;
import dev.sluice.node.api.VolumeWork;
import dev.sluice.node.budget.BudgetBoard;
import dev.sluice.node.health.HealthServer;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.Preflight;
import dev.sluice.node.mount.Publishing;
import dev.sluice.node.mount.Staging;
import dev.sluice.node.mount.StaleAttachments;
import dev.sluice.node.mount.VolumeFigures;
import dev.sluice.node.mount.VolumeUsers;
import dev.sluice.node.rpc.NodeService;
import dev.sluice.node.rpc.RegistrationService;
import dev.sluice.node.rpc.SocketProbe;
import dev.sluice.node.stack.ClosedCopies;
import dev.sluice.node.stack.EncryptedVolumes;
import dev.sluice.node.stack.Exports;
import dev.sluice.node.stack.GroupSnapshots;
import dev.sluice.node.stack.HydrationReport;
import dev.sluice.node.stack.Hydrations;
import dev.sluice.node.stack.LostWrites;
import dev.sluice.node.stack.NodeKeys;
import dev.sluice.node.stack.OfferedDigests;
import dev.sluice.node.stack.OfferedMaps;
import dev.sluice.node.stack.PoolDirectory;
import dev.sluice.node.stack.Snapshots;
import dev.sluice.node.stack.VolumeStacks;
import dev.sluice.node.stack.WriteHolds;
import dev.sluice.rpc.IdentityService;
import dev.sluice.rpc.SocketServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All the parts of the plugin, and the order in which they start. */
final class NodePlugin implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodePlugin.class);

    private final NodeSettings settings;
    private final Host host;
    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ScheduledExecutorService publishing = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("publishing").factory());
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("stranded-pods").factory());
    private final HydrationPublisher progress;
    private final StrandedPods stranded;
    private final ClusterVolumeDirectory volumes;
    private final Hydrations hydrations;
    private final StorageNodePublisher storageNode;
    private final NodeReconcilers reconcilers;
    private final NodeService nodeService;
    private final WriteHolds holds;
    private final OfferedDigests digests;
    private final OfferedMaps maps;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    NodePlugin(
            NodeSettings settings,
            KubernetesClient client,
            Host host,
            Preflight preflight,
            Supplier<Optional<String>> initiatorName,
            Clock clock) {
        this.settings = settings;
        this.host = host;
        NodeKeys keys = NodeKeys.open(settings.stateDir());
        PoolDirectory pools = new PoolDirectory(settings.pools());
        NodeClusterAccess cluster = new NodeClusterAccess(client, settings.node(), settings.namespace());
        VolumeStacks stacks = new VolumeStacks(host, pools);
        holds = new WriteHolds(host, System::nanoTime);
        VolumeBoard board = new VolumeBoard();
        progress = new HydrationPublisher(cluster, new HydrationMetrics(metrics), clock);
        volumes = new ClusterVolumeDirectory(cluster, board, clock);
        BudgetBoard limits = new BudgetBoard(settings.node());
        LostWrites lostWrites = new LostWrites(host, stacks, clock);
        VolumeUsers users = new VolumeUsers(host, settings.kubeletDir());
        stranded = new StrandedPods(cluster, users::of, lostWrites::isHeldUp, lostWrites::release, clock);
        hydrations = new Hydrations(stacks, host, limits, this::observed, clock);
        storageNode = new StorageNodePublisher(
                cluster,
                new StorageNodePublisher.Identity(settings.address(), keys.publicKey(), initiatorName),
                settings.pools(),
                host.pools(),
                preflight,
                stacks::inventory,
                clock);
        Snapshots snapshots = new Snapshots(host, pools, stacks, clock);
        Exports exports = new Exports(host, pools);
        digests = new OfferedDigests(host);
        maps = new OfferedMaps(host, pools, System::nanoTime);
        ClosedCopies closed = new ClosedCopies(host, stacks, exports, digests);
        NodeReconcilers.Work work = new NodeReconcilers.Work(
                VolumeWork.of(stacks, closed, hydrations),
                ExportWork.of(exports, maps, closed, hydrations),
                SnapshotWork.of(snapshots, new GroupSnapshots(host, pools, stacks, holds, clock), hydrations));
        reconcilers = new NodeReconcilers(
                client,
                cluster,
                work,
                keys,
                settings.portal(),
                board,
                progress,
                limits,
                storageNode::poolsChanged,
                clock);
        digests.onDone(reconcilers::digestsDone);
        maps.onDone(reconcilers::mapDone);
        EncryptedVolumes devices = new EncryptedVolumes(host, stacks);
        nodeService = new NodeService(
                settings.node(),
                settings.pools().stream().map(PoolSettings::name).toList(),
                settings.kubeletDir(),
                new Staging(volumes, devices, lostWrites, host.mounts(), host.fileSystems(), host.blockDevices()),
                new Publishing(devices::device, host.mounts()),
                new VolumeFigures(devices, host.mounts(), host.fileSystems(), host.blockDevices()));
    }

    void start() throws IOException {
        resumeSuspended();
        releaseWrites();
        SocketProbe probe = opened(new SocketProbe(settings.csiSocket()));
        opened(HealthServer.start(settings.healthPort(), probe::answers, metrics::scrape));
        settings.pools().forEach(this::ensurePool);
        opened(storageNode).start();
        publishProgress();
        lookForStranded();
        opened(hydrations).start();
        opened(digests).start();
        opened(maps).start();
        withdrawStale();
        opened(reconcilers).start();
        opened(SocketServer.start(
                settings.csiSocket(), List.of(new IdentityService(PluginVersion.find()), nodeService)));
        // Last: the kubelet calls the CSI socket as soon as it sees this one.
        opened(SocketServer.start(
                settings.registrationSocket(), List.of(new RegistrationService(settings.csiSocket()))));
    }

    boolean isHydrating() {
        return hydrations.isFollowing();
    }

    /** Stops answering and watching; devices, exports and mounts stay as they are. */
    @Override
    public void close() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                log.warn("a part did not close: {}", e.getMessage());
            }
        }
    }

    private void publishProgress() {
        AutoCloseable stop = publishing::shutdownNow;
        started.push(stop);
        progress.onTurn(() -> publishing.execute(this::publishOnce));
        var unused = publishing.scheduleWithFixedDelay(this::publishOnce, 1, 1, TimeUnit.SECONDS);
    }

    private void observed(HydrationReport report) {
        progress.observed(report);
        stranded.observed(report);
    }

    private void lookForStranded() {
        AutoCloseable stop = looking::shutdownNow;
        started.push(stop);
        var unused = looking.scheduleWithFixedDelay(stranded::look, 2, 2, TimeUnit.SECONDS);
    }

    private void publishOnce() {
        try {
            progress.publish();
        } catch (RuntimeException e) {
            log.warn("progress could not be published, it is tried again: {}", e.getMessage());
        }
    }

    /** First of all: behind a device that a process suspended and did not live to resume, a pod waits. */
    private void resumeSuspended() {
        try {
            List<String> left = host.pauses().sweep();
            if (!left.isEmpty()) {
                log.warn("resumed devices that the process before this one left suspended: {}", left);
            }
        } catch (SluiceException e) {
            log.error("devices could not be looked through for suspended ones: {}", e.getMessage());
        }
    }

    /** A node without its pool still starts: its StorageNode says what is missing. */
    private void ensurePool(PoolSettings pool) {
        try {
            host.pools().ensure(pool);
            host.usedBlocks().sweep(pool);
        } catch (SluiceException e) {
            log.error("pool {} is not there: {}", pool.name(), e.getMessage());
        }
    }

    /** First of all: a process that was killed while it held writes back left them slow. */
    private void releaseWrites() {
        try {
            holds.sweep();
        } catch (SluiceException e) {
            log.error("device-mapper could not be looked through for held writes: {}", e.getMessage());
        }
    }

    private void withdrawStale() {
        try {
            new StaleAttachments(volumes, host).remove();
        } catch (SluiceException e) {
            log.warn("attachments could not be looked through, they stay: {}", e.getMessage());
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        started.push(part);
        return part;
    }
}
