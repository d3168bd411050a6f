package dev.sluice.node.stack;

import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumeSpec;
import dev.sluice.names.Names;
import dev.sluice.node.bench.RecordedCalls;
import dev.sluice.node.host.BlockDevices;
import dev.sluice.node.host.Chap;
import dev.sluice.node.host.DeviceMapper;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.IscsiSessions;
import dev.sluice.node.host.LatencyCounters;
import dev.sluice.node.host.Mounts;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.Processors;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.FakeNetwork;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node on which many clones hydrate from another, each mounted by its pod. Its clock stands still unless it is moved. */
final class HydratingNode {
    private static final long SIZE = 4L << 20;
    private static final PoolSettings POOL = new PoolSettings("fast", "data", "sluice");
    private static final String SOURCE = Names.volumeId("source");
    private static final Chap CHAP = new Chap("n2", "secret-one", "n1", "secret-two");

    private final FakeNetwork network = new FakeNetwork();
    private final FakeHost origin = new FakeHost("n1", "10.0.0.1", network, POOL);
    private final FakeHost home = new FakeHost("n2", "10.0.0.2", network, POOL);
    private final PoolDirectory pools = new PoolDirectory(List.of(POOL));
    private final VolumeStacks originStacks = new VolumeStacks(origin.host(), pools);
    private final Snapshots snapshots =
            new Snapshots(origin.host(), pools, originStacks, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    private final Exports exports = new Exports(origin.host(), pools);
    private final List<String> clones = new ArrayList<>();
    final RecordedCalls calls = new RecordedCalls();
    final Host host;
    final VolumeStacks stacks;

    /** @param recorded its calls can be recorded, which makes each a little more expensive */
    HydratingNode(int volumes, boolean recorded) {
        host = recorded ? recorded(home.host(), calls) : home.host();
        stacks = new VolumeStacks(host, pools);
        origin.groupBytes("data", 1L << 40);
        home.groupBytes("data", 1L << 40);
        home.poolBytes("data", 1L << 50);
        originStacks.bring(new VolumeOrder(SOURCE, spec("n1", null, HydrationSettings.DEFAULT), null, null));
        // Nothing is unused: a trim leaves all of it to be copied.
        origin.write(originStacks.device(SOURCE), 1, SIZE / FakeHost.BLOCK - 1, 1);
        origin.fsync(originStacks.device(SOURCE));
        for (int volume = 0; volume < volumes; volume++) {
            clones.add(Names.volumeId("clone-" + volume));
        }
    }

    private static Host recorded(Host host, RecordedCalls calls) {
        return new Host(
                host.logicalVolumes(),
                host.pools(),
                calls.through(DeviceMapper.class, host.deviceMapper()),
                host.targets(),
                calls.through(IscsiSessions.class, host.sessions()),
                calls.through(Mounts.class, host.mounts()),
                host.fileSystems(),
                calls.through(BlockDevices.class, host.blockDevices()),
                host.ranges(),
                host.usedBlocks(),
                host.pauses(),
                host.luks(),
                calls.through(LatencyCounters.class, host.latencies()),
                calls.through(Processors.class, host.processors()),
                host.shutdown());
    }

    /** Stacks and mounts all of them, and has them followed. */
    void follow(Hydrations hydrations, HydrationSettings settings) {
        for (String id : clones) {
            IscsiLogin login = serve(id);
            VolumeOrder order = new VolumeOrder(id, clone(id, settings), null, login);
            VolumeOutcome outcome = stacks.bring(order);
            home.host().mounts().ensure(stacks.device(id), Path.of("/staging", id), "ext4", List.of());
            hydrations.follow(new VolumeOrder(id, order.spec(), outcome.allocated(), login), outcome);
        }
    }

    /** One region of each arrives. */
    void hydrate() {
        clones.forEach(id -> home.hydrate(Names.cloneDevice(id), 1));
    }

    private IscsiLogin serve(String id) {
        String snapshot = Names.cloneSnapshotId(id);
        snapshots.take(snapshot, new SnapshotSpec(id, SOURCE, "n1", "fast", true, id, DesiredState.PRESENT));
        String export = Names.export(id, 1);
        ExportFacts facts =
                exports.serve(new ExportOrder(export, "fast", snapshot, home.initiatorName(), origin.portal(), CHAP));
        return new IscsiLogin(facts.portal(), facts.iqn(), facts.serial(), facts.sizeBytes(), CHAP);
    }

    private static VolumeSpec clone(String id, HydrationSettings settings) {
        return spec("n2", new Origin(OriginKind.VOLUME, SOURCE, "n1", Names.cloneSnapshotId(id), SIZE), settings);
    }

    private static VolumeSpec spec(String node, @Nullable Origin from, HydrationSettings settings) {
        return new VolumeSpec(
                "request",
                SIZE,
                "fast",
                VolumeMode.FILESYSTEM,
                "ext4",
                Placement.PINNED,
                node,
                null,
                1,
                from,
                null,
                settings,
                DesiredState.PRESENT);
    }

    /** The time of the machine, and what a test adds to it. */
    static final class Later extends Clock {
        private volatile Duration by = Duration.ZERO;

        void pass(Duration time) {
            by = by.plus(time);
        }

        @Override
        public Instant instant() {
            return Clock.systemUTC().instant().plus(by);
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
