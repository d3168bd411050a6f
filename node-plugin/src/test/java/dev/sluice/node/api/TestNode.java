package dev.sluice.node.api;

import dev.sluice.node.budget.BudgetBoard;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.Preflight;
import dev.sluice.node.host.PreflightCheck;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.stack.ClosedCopies;
import dev.sluice.node.stack.Exports;
import dev.sluice.node.stack.GroupSnapshots;
import dev.sluice.node.stack.Hydrations;
import dev.sluice.node.stack.NodeKeys;
import dev.sluice.node.stack.OfferedDigests;
import dev.sluice.node.stack.OfferedMaps;
import dev.sluice.node.stack.PoolDirectory;
import dev.sluice.node.stack.Snapshots;
import dev.sluice.node.stack.VolumeStacks;
import dev.sluice.node.stack.WriteHolds;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The whole of a node, except its sockets, on a fake machine. */
final class TestNode implements AutoCloseable {
    final NodeClusterAccess cluster;
    final ClusterVolumeDirectory directory;
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final HydrationPublisher progress;
    private final Hydrations hydrations;
    private final StorageNodePublisher storageNode;
    private final NodeReconcilers reconcilers;
    private final OfferedDigests digests;
    private final OfferedMaps maps;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor();

    TestNode(KubernetesClient client, FakeHost machine, PoolSettings pool, Path folder) {
        Clock clock = Clock.systemUTC();
        Host host = machine.host();
        PoolDirectory pools = new PoolDirectory(List.of(pool));
        NodeKeys keys = NodeKeys.open(folder.resolve(machine.name()));
        VolumeStacks stacks = new VolumeStacks(host, pools);
        VolumeBoard board = new VolumeBoard();
        cluster = new NodeClusterAccess(client, machine.name(), "sluice-system");
        directory = new ClusterVolumeDirectory(cluster, board, clock);
        progress = new HydrationPublisher(cluster, new HydrationMetrics(metrics), clock);
        BudgetBoard limits = new BudgetBoard(machine.name());
        hydrations = new Hydrations(stacks, host, limits, progress, clock);
        storageNode = new StorageNodePublisher(
                cluster,
                new StorageNodePublisher.Identity(
                        machine.address(), keys.publicKey(), () -> Optional.of(machine.initiatorName())),
                List.of(pool),
                host.pools(),
                new Fit(),
                stacks::inventory,
                clock);
        Snapshots snapshots = new Snapshots(host, pools, stacks, clock);
        Exports exports = new Exports(host, pools);
        digests = new OfferedDigests(host);
        maps = new OfferedMaps(host, pools, System::nanoTime);
        ClosedCopies closed = new ClosedCopies(host, stacks, exports, digests);
        reconcilers = new NodeReconcilers(
                client,
                cluster,
                new NodeReconcilers.Work(
                        VolumeWork.of(stacks, closed, hydrations),
                        ExportWork.of(exports, maps, closed, hydrations),
                        SnapshotWork.of(
                                snapshots,
                                new GroupSnapshots(host, pools, stacks, new WriteHolds(host, System::nanoTime), clock),
                                hydrations)),
                keys,
                machine.portal(),
                board,
                progress,
                limits,
                () -> {},
                clock);
        digests.onDone(reconcilers::digestsDone);
        maps.onDone(reconcilers::mapDone);
    }

    void start() {
        storageNode.publish();
        hydrations.start();
        digests.start();
        maps.start();
        progress.onTurn(() -> ticker.execute(progress::publish));
        var unused = ticker.scheduleWithFixedDelay(progress::publish, 0, 200, TimeUnit.MILLISECONDS);
        reconcilers.start();
    }

    /** Whether its metrics speak of a volume. */
    boolean tellsOf(String volume) {
        return metrics.find("sluice.hydration.total.bytes")
                        .tag("volume", volume)
                        .gauge()
                != null;
    }

    /** Tells at once what it has. */
    void publish() {
        storageNode.publish();
    }

    @Override
    public void close() {
        reconcilers.close();
        digests.close();
        maps.close();
        hydrations.close();
        storageNode.close();
        ticker.shutdownNow();
    }

    private static final class Fit implements Preflight {
        @Override
        public List<PreflightCheck> check() {
            return List.of(new PreflightCheck("DmClone", true, true, "Found", "dm-clone 1.0.0"));
        }

        @Override
        public String kernel() {
            return "6.1.0";
        }
    }
}
