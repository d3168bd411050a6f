package dev.sluice.controller.fake;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.CloneHydrationSpec;
import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.Condition;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.HeldVolume;
import dev.sluice.api.PoolStatus;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.StorageNodeStatus;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.controller.domain.ClaimRegistry;
import dev.sluice.controller.domain.NodeRegistry;
import dev.sluice.controller.domain.NodeView;
import dev.sluice.controller.domain.Registry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The API in memory, with a switch that kills the controller after so many writes. */
public final class FakeRegistry implements NodeRegistry, ClaimRegistry {
    public static final long POOL_BYTES = 100L << 30;

    /** The controller's sudden end. */
    public static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    public final FakeShelf<VolumeSpec, VolumeStatus> volumes = new FakeShelf<>(this, (spec, id) -> false);
    public final FakeShelf<SnapshotSpec, SnapshotStatus> snapshots = new FakeShelf<>(
            this, (spec, id) -> id.equals(spec.forVolume() == null ? spec.sourceVolume() : spec.forVolume()));
    public final FakeShelf<ExportSpec, ExportStatus> exports =
            new FakeShelf<>(this, (spec, id) -> spec.volume().equals(id));
    public final FakeShelf<CloneHydrationSpec, CloneHydrationStatus> hydrations =
            new FakeShelf<>(this, (spec, id) -> spec.volume().equals(id));
    public final FakeNodes nodes = new FakeNodes(this);
    public final Map<String, List<String>> attachments = new HashMap<>();
    public final Map<String, String> claims = new HashMap<>();
    public final Set<String> limited = new HashSet<>();
    private final Map<String, List<String>> expected = new HashMap<>();
    private final Map<String, NodeView> views = new TreeMap<>();
    private long changes;
    private int writesLeft = Integer.MAX_VALUE;

    public Registry asRegistry() {
        return new Registry(volumes, snapshots, exports, hydrations, this, this);
    }

    /** Kills the controller instead of letting it do this many writes and one more. */
    public void crashAfter(int writes) {
        writesLeft = writes;
    }

    public void addNode(String name) {
        addNode(name, POOL_BYTES, "True", "dm-clone");
    }

    public synchronized void addNode(String name, long freeBytes, String ready, @Nullable String engine) {
        addNode(name, freeBytes, ready, engine, "True");
    }

    /** A node without cryptsetup. */
    public synchronized void addNodeWithoutEncryption(String name) {
        addNode(name, POOL_BYTES, "True", "dm-clone", "False");
    }

    private void addNode(String name, long freeBytes, String ready, @Nullable String engine, String encryption) {
        PoolStatus pool = new PoolStatus("fast", "vg", "thin", "vg-" + name, POOL_BYTES, freeBytes, 1, 65536);
        Condition condition =
                new Condition("Ready", ready, "DmCloneMissing", "install dm-clone", "2026-01-01T00:00:00Z", null);
        Condition encrypts = new Condition(
                Condition.ENCRYPTION, encryption, "Missing", "install cryptsetup", "2026-01-01T00:00:00Z", null);
        views.put(
                name,
                new NodeView(
                        name,
                        true,
                        false,
                        new StorageNodeStatus(
                                "10.0.0.1",
                                "key",
                                "iqn",
                                "6.1",
                                engine,
                                List.of(pool),
                                List.of(),
                                List.of(condition, encrypts))));
    }

    public synchronized void setAlive(String name, boolean alive) {
        NodeView view = views.get(name);
        if (view != null) {
            views.put(name, new NodeView(name, alive, view.evacuating(), view.status()));
        }
        change();
    }

    public synchronized void setEvacuating(String name, boolean evacuating) {
        NodeView view = views.get(name);
        if (view != null) {
            views.put(name, new NodeView(name, view.alive(), evacuating, view.status()));
        }
        change();
    }

    /** What the node says that it has. */
    public synchronized void setInventory(String name, List<HeldVolume> inventory) {
        NodeView view = views.get(name);
        StorageNodeStatus status = view == null ? null : view.status();
        if (view != null && status != null) {
            views.put(name, new NodeView(name, view.alive(), view.evacuating(), with(status, inventory)));
        }
        change();
    }

    public synchronized void deleteNode(String name) {
        views.remove(name);
    }

    @Override
    public synchronized List<NodeView> findAll() {
        return views.values().stream().map(this::withCopies).toList();
    }

    @Override
    public synchronized Optional<NodeView> find(String name) {
        return Optional.ofNullable(views.get(name)).map(this::withCopies);
    }

    /** What it has, unless it was told to say something else. */
    private NodeView withCopies(NodeView view) {
        StorageNodeStatus status = view.status();
        if (status == null || status.inventory() != null && !status.inventory().isEmpty()) {
            return view;
        }
        return new NodeView(view.name(), view.alive(), view.evacuating(), with(status, nodes.held(view.name())));
    }

    private static StorageNodeStatus with(StorageNodeStatus status, List<HeldVolume> inventory) {
        return new StorageNodeStatus(
                status.address(),
                status.publicKey(),
                status.initiatorName(),
                status.kernel(),
                status.engine(),
                status.pools(),
                inventory,
                status.conditions());
    }

    @Override
    public Set<String> limited() {
        return Set.copyOf(limited);
    }

    @Override
    public synchronized Map<String, List<String>> attachments() {
        return Map.copyOf(attachments);
    }

    @Override
    public synchronized List<String> attachments(String volume) {
        return List.copyOf(attachments.getOrDefault(volume, List.of()));
    }

    @Override
    public synchronized List<String> expected(String volume, ClaimReference claim) {
        return expected.getOrDefault(volume, List.of());
    }

    @Override
    public Optional<String> findUid(ClaimReference claim) {
        return Optional.ofNullable(claims.get(claim.namespace() + "/" + claim.name()));
    }

    @Override
    public void own(String hydrationKey, ClaimReference claim, String claimUid) {
        countWrite();
        hydrations.own(hydrationKey, claimUid);
    }

    /** Every object with its spec and phase, without uids and versions: two runs that end alike have equal ones. */
    public synchronized String endState() {
        StringBuilder text = new StringBuilder();
        volumes.findAll()
                .forEach(each -> text.append(each.key()).append(each.spec()).append(each.status()));
        snapshots
                .findAll()
                .forEach(each -> text.append(each.key()).append(each.spec()).append(each.status()));
        exports.findAll()
                .forEach(each -> text.append(each.key()).append(each.spec()).append(each.status()));
        hydrations.findAll().forEach(each -> text.append(each.key()).append(each.owner()));
        return text.toString();
    }

    /** A node declares that a pod there wants the volume, or takes that back. */
    public synchronized void attach(String volume, String node, boolean wanted) {
        List<String> nodes = new ArrayList<>(attachments(volume));
        nodes.remove(node);
        if (wanted) {
            nodes.add(node);
        }
        attachments.put(volume, nodes);
        change();
    }

    /** Pods that have not started are on these nodes, the oldest first. */
    public synchronized void expect(String volume, String... nodes) {
        expected.put(volume, List.of(nodes));
        change();
    }

    public synchronized long changes() {
        return changes;
    }

    synchronized long change() {
        notifyAll();
        return ++changes;
    }

    synchronized void countWrite() {
        if (writesLeft-- <= 0) {
            throw new Crash();
        }
    }

    void letNodesAct() {
        long before;
        do {
            before = changes();
            nodes.act();
        } while (before != changes());
    }

    // Only called with the monitor held; woken by any change.
    synchronized void pause(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
