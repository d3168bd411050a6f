package dev.sluice.node.stack;

import dev.sluice.api.Allocation;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Feed;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumeSpec;
import dev.sluice.names.Names;
import dev.sluice.node.host.Chap;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.FakeNetwork;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A frozen origin on n1, a volume on n2 that hydrates from it, a snapshot of that volume, and restores of the snapshot on n2 and on n3.
 * Each part is idempotent.
 */
final class CompositeStory {
    static final long SIZE = 8L << 20;
    static final long BLOCKS = SIZE / FakeHost.BLOCK;
    static final String VOLUME = Names.volumeId("volume");
    static final String SNAPSHOT = Names.snapshotId("snapshot");
    static final String HERE = Names.volumeId("here");
    static final String AWAY = Names.volumeId("away");
    static final PoolSettings POOL = new PoolSettings("fast", "data", "sluice");

    private static final Chap CHAP = new Chap("client", "secret-one", "server", "secret-two");
    private static final String SOURCE = Names.volumeId("source");
    private static final String FROZEN = Names.cloneSnapshotId(VOLUME);
    private static final Feed FEED = new Feed("n1", FROZEN, SIZE);

    /** One node with what works on its devices. */
    final class Node {
        final FakeHost machine;
        final VolumeStacks stacks;
        final Snapshots snapshots;
        final Exports exports;

        Node(String name, String address) {
            machine = new FakeHost(name, address, network, POOL);
            PoolDirectory pools = new PoolDirectory(List.of(POOL));
            stacks = new VolumeStacks(machine.host(), pools);
            snapshots = new Snapshots(machine.host(), pools, stacks, clock);
            exports = new Exports(machine.host(), pools);
        }

        IscsiLogin serve(String source, String fed, Node client) {
            ExportFacts facts = exports.serve(new ExportOrder(
                    Names.export(fed, 1), "fast", source, client.machine.initiatorName(), machine.portal(), CHAP));
            return new IscsiLogin(facts.portal(), facts.iqn(), facts.serial(), facts.sizeBytes(), CHAP);
        }

        long checksum(String id) {
            return machine.checksum(stacks.device(id), SIZE);
        }
    }

    final Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    final FakeNetwork network = new FakeNetwork();
    final Node origin = new Node("n1", "10.0.0.1");
    final Node home = new Node("n2", "10.0.0.2");
    final Node third = new Node("n3", "10.0.0.3");
    private final Map<String, Allocation> allocated = new HashMap<>();
    private Instant now = clock.instant();
    private @Nullable SnapshotStatus taken;

    /** The volume has own bytes, bytes that were copied, and bytes that only the origin has. */
    void volumeHydrates() {
        VolumeOrder source = new VolumeOrder(SOURCE, spec("n1", null), null, null);
        origin.stacks.bring(source);
        for (long block = 1; block < BLOCKS; block += 2) {
            origin.machine.write(origin.stacks.device(SOURCE), block, 1000 + block);
        }
        origin.machine.fsync(origin.stacks.device(SOURCE));
        origin.snapshots.take(
                FROZEN, new SnapshotSpec(VOLUME, SOURCE, "n1", "fast", true, VOLUME, DesiredState.PRESENT));
        bringVolume();
        String engine = Names.cloneDevice(VOLUME);
        home.machine.host().deviceMapper().message(engine, "enable_hydration");
        home.machine.hydrate(engine, 20);
        home.machine.host().deviceMapper().message(engine, "disable_hydration");
        write(BLOCKS - 3, 4711);
    }

    void bringVolume() {
        bring(home, VOLUME, volume(), FROZEN);
    }

    private static VolumeSpec volume() {
        return spec("n2", new Origin(OriginKind.VOLUME, SOURCE, "n1", FROZEN, SIZE));
    }

    VolumeOrder volumeOrder() {
        return order(VOLUME, volume());
    }

    /** A write of the pod that is acknowledged. */
    void write(long block, long value) {
        home.machine.write(home.stacks.device(VOLUME), block, value);
        home.machine.fsync(home.stacks.device(VOLUME));
    }

    private VolumeOutcome bring(Node node, String id, VolumeSpec spec, @Nullable String served) {
        IscsiLogin login = served == null ? null : feeder(spec).serve(served, id, node);
        VolumeOutcome outcome = node.stacks.bring(
                new VolumeOrder(id, spec, allocated.get(id), login),
                early -> allocated.put(id, Objects.requireNonNull(early.allocated())));
        allocated.put(id, Objects.requireNonNull(outcome.allocated()));
        return outcome;
    }

    private Node feeder(VolumeSpec spec) {
        Feed feed = Objects.requireNonNull(spec.feed());
        return feed.node().equals("n1") ? origin : home;
    }

    SnapshotSpec snapshotSpec() {
        return new SnapshotSpec(
                "snapshot",
                VOLUME,
                "n2",
                "fast",
                false,
                null,
                DesiredState.PRESENT,
                FEED,
                null,
                null,
                null,
                null,
                null);
    }

    SnapshotFacts take() {
        SnapshotFacts facts = home.snapshots.take(SNAPSHOT, snapshotSpec());
        taken = new SnapshotStatus(
                ServedPhase.READY,
                facts.lvUuid(),
                facts.sizeBytes(),
                "2026-01-01T00:00:00Z",
                null,
                null,
                facts.whole());
        return facts;
    }

    Snapshots.Stacked stackSnapshot() {
        return home.snapshots.stack(
                SNAPSHOT, snapshotSpec(), Objects.requireNonNull(taken), origin.serve(FROZEN, SNAPSHOT, home));
    }

    VolumeSpec here() {
        return spec("n2", new Origin(OriginKind.SNAPSHOT, SNAPSHOT, "n2", SNAPSHOT, SIZE, FEED));
    }

    VolumeSpec away() {
        return spec("n3", new Origin(OriginKind.SNAPSHOT, SNAPSHOT, "n2", SNAPSHOT, SIZE));
    }

    VolumeOutcome restoreHere() {
        return bring(home, HERE, here(), FROZEN);
    }

    VolumeOutcome restoreAway() {
        return bring(third, AWAY, away(), SNAPSHOT);
    }

    VolumeOrder order(String id, VolumeSpec spec) {
        return new VolumeOrder(id, spec, allocated.get(id), null);
    }

    /** Copies until the stack is linear. */
    HydrationReport hydrate(Node node, VolumeOrder order) {
        Hydration hydration = new Hydration(node.stacks, node.machine.host(), Runnable::run, order, now);
        HydrationReport report = look(hydration);
        for (int looks = 0; looks < 20 && report.completionTime() == null; looks++) {
            if (node.machine
                    .host()
                    .deviceMapper()
                    .find(Names.cloneDevice(order.id()))
                    .isPresent()) {
                node.machine.hydrate(Names.cloneDevice(order.id()), 1 << 20);
            }
            report = look(hydration);
        }
        return report;
    }

    HydrationReport look(Hydration hydration) {
        now = now.plus(Duration.ofSeconds(31));
        return hydration.look(now);
    }

    /** It went elsewhere before it was hydrated. */
    void giveUpVolume() {
        if (closed().close(VOLUME, "fast", 2, "n3", () -> true).isEmpty()) {
            throw new AssertionError("not given up");
        }
    }

    /** To its next home. */
    void serveVolume() {
        ExportOrder order = new ExportOrder(
                Names.export(VOLUME, 2), "fast", VOLUME, third.machine.initiatorName(), home.machine.portal(), CHAP);
        closed().serve(order, 2, origin.serve(FROZEN, VOLUME, home));
    }

    private ClosedCopies closed() {
        return new ClosedCopies(
                home.machine.host(), home.stacks, home.exports, new OfferedDigests(home.machine.host()));
    }

    void removeVolume() {
        home.stacks.remove(VOLUME, spec("n2", null), allocated.get(VOLUME));
        origin.exports.stop(Names.export(VOLUME, 1));
    }

    void removeSnapshot() {
        home.snapshots.remove(
                SNAPSHOT, snapshotSpec(), Objects.requireNonNull(taken).lvUuid());
        origin.exports.stop(Names.export(SNAPSHOT, 1));
    }

    void removeHere() {
        home.stacks.remove(HERE, here(), allocated.get(HERE));
        origin.exports.stop(Names.export(HERE, 1));
    }

    void removeAway() {
        third.stacks.remove(AWAY, away(), allocated.get(AWAY));
        home.exports.stop(Names.export(AWAY, 1));
    }

    void removeOrigin() {
        origin.snapshots.remove(
                FROZEN, new SnapshotSpec(VOLUME, SOURCE, "n1", "fast", true, VOLUME, DesiredState.ABSENT), null);
        origin.stacks.remove(SOURCE, spec("n1", null), null);
    }

    private static VolumeSpec spec(String home, @Nullable Origin origin) {
        return new VolumeSpec(
                "request",
                SIZE,
                "fast",
                VolumeMode.FILESYSTEM,
                "ext4",
                Placement.PINNED,
                home,
                null,
                1,
                origin,
                null,
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT);
    }
}
