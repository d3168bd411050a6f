package dev.sluice.node.stack;

import dev.sluice.api.Allocation;
import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.clone.CopyState;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.clone.Tables;
import dev.sluice.node.host.Chap;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.IscsiSession;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.FakeNetwork;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** A volume on n1 with data, and a clone of it on n2: the whole way, each part idempotent, so that it can be cut anywhere and told again. */
final class CloneStory {
    static final long SIZE = 8L << 20;
    static final long BLOCKS = SIZE / FakeHost.BLOCK;
    static final long WRITTEN_BLOCK = 40;
    static final long WRITTEN_VALUE = 4711;
    static final Path MOUNT = Path.of("/staging");

    private static final Chap CHAP = new Chap("n2", "secret-one", "n1", "secret-two");
    private static final String SOURCE = Names.volumeId("source");
    static final String CLONE = Names.volumeId("clone");
    private static final String SNAPSHOT = Names.cloneSnapshotId(CLONE);
    private static final String EXPORT = Names.export(CLONE, 1);

    final FakeNetwork network = new FakeNetwork();
    final FakeHost origin = host("n1", "10.0.0.1");
    final FakeHost home = host("n2", "10.0.0.2");
    private final PoolDirectory pools = new PoolDirectory(List.of(new PoolSettings("fast", "data", "sluice")));
    final VolumeStacks originStacks = new VolumeStacks(origin.host(), pools);
    final VolumeStacks stacks = new VolumeStacks(home.host(), pools);
    private final Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    private final Snapshots snapshots = new Snapshots(origin.host(), pools, originStacks, clock);
    private final Exports exports = new Exports(origin.host(), pools);
    private final OfferedMaps maps = new OfferedMaps(origin.host(), pools, this::later);
    private long nanoTime;
    private VolumeMode mode = VolumeMode.FILESYSTEM;
    private LongPredicate written = block -> block % 2 == 1;
    private @Nullable IscsiLogin login;
    private long wireBytes;
    private boolean telling;
    private String exportUid = "uid";
    private long cloneSize;
    private Instant now = clock.instant();
    private @Nullable Allocation allocated;
    private boolean acknowledged;
    private long expected;

    CloneStory(long cloneSize) {
        this.cloneSize = cloneSize;
    }

    private long later() {
        nanoTime += 10_000_000_000L;
        return nanoTime;
    }

    /**
     * Of a block volume, of which nothing is trimmed; the origin's node tells what was used.
     *
     * @param written which blocks of the source
     */
    CloneStory raw(LongPredicate written) {
        mode = VolumeMode.BLOCK;
        telling = true;
        this.written = written;
        return this;
    }

    /** The map is taken for that of another export. */
    void mistake() {
        exportUid = "another";
    }

    private FakeHost host(String name, String address) {
        return new FakeHost(name, address, network, new PoolSettings("fast", "data", "sluice"));
    }

    /** The source, half full of data. */
    void source() {
        bringSource();
        for (long block = 1; block < BLOCKS; block++) {
            if (written.test(block)) {
                origin.write(originStacks.device(SOURCE), block, valueOf(block));
            }
        }
        origin.fsync(originStacks.device(SOURCE));
        expected = origin.checksum(originStacks.device(SOURCE));
    }

    private long valueOf(long block) {
        return written.test(block) ? 1000 + block : 0;
    }

    private void bringSource() {
        VolumeOutcome ready = originStacks.bring(new VolumeOrder(SOURCE, spec("n1", SIZE, null), null, null));
        if (ready.phase() != VolumePhase.READY || !ready.hydrated()) {
            throw new AssertionError("an empty volume is ready and whole: " + ready);
        }
    }

    void mountSource() {
        origin.host().mounts().ensure(originStacks.device(SOURCE), MOUNT, "ext4", List.of());
    }

    void requireSourceIntact() {
        bringSource();
        if (origin.checksum(originStacks.device(SOURCE)) != expected) {
            throw new AssertionError("the source lost what was written to it");
        }
    }

    IscsiLogin serve() {
        SnapshotFacts taken = snapshots.take(SNAPSHOT, snapshotSpec());
        ExportFacts facts =
                exports.serve(new ExportOrder(EXPORT, "fast", SNAPSHOT, home.initiatorName(), origin.portal(), CHAP));
        if (facts.sizeBytes() != taken.sizeBytes()) {
            throw new AssertionError("the export is as large as the snapshot");
        }
        return new IscsiLogin(facts.portal(), facts.iqn(), facts.serial(), facts.sizeBytes(), CHAP);
    }

    VolumeOrder order(@Nullable IscsiLogin login) {
        return order(login, HydrationSettings.DEFAULT);
    }

    VolumeOrder order(@Nullable IscsiLogin login, HydrationSettings settings) {
        Origin from = new Origin(OriginKind.VOLUME, SOURCE, "n1", SNAPSHOT, SIZE);
        return new VolumeOrder(
                CLONE, spec("n2", cloneSize, from).withHydration(settings), allocated, login, null, usedMap(login));
    }

    private VolumeOrder.@Nullable UsedMapOffer usedMap(@Nullable IscsiLogin login) {
        if (!telling) {
            return null;
        }
        String map = login == null
                ? null
                : maps.offer(new OfferedMaps.Served(EXPORT, "fast", SNAPSHOT, SNAPSHOT, "uid", 1, login.sizeBytes()))
                        .orElse(null);
        return new VolumeOrder.UsedMapOffer(exportUid, login == null ? 0 : login.sizeBytes(), map);
    }

    /** The clone is wanted larger, or its source is; nothing is done yet. */
    void wantClone(long bytes) {
        cloneSize = bytes;
    }

    VolumeOutcome bringSource(long bytes) {
        Allocation known = originStacks
                .bring(new VolumeOrder(SOURCE, spec("n1", SIZE, null), null, null))
                .allocated();
        return originStacks.bring(new VolumeOrder(SOURCE, spec("n1", bytes, null), known, null));
    }

    VolumeOutcome bring() {
        return bring(order(serve()));
    }

    VolumeOutcome bring(VolumeOrder order) {
        VolumeOutcome outcome = stacks.bring(order, early -> allocated = early.allocated());
        allocated = outcome.allocated();
        return outcome;
    }

    /** What a pod does as soon as it can: mount, and one write that is acknowledged by fsync. */
    void pod() {
        if (mode == VolumeMode.BLOCK) {
            home.open(stacks.device(CLONE), "pod");
        } else {
            home.host().mounts().ensure(stacks.device(CLONE), MOUNT, "ext4", List.of());
        }
        if (!acknowledged) {
            home.write(stacks.device(CLONE), WRITTEN_BLOCK, WRITTEN_VALUE);
            home.fsync(stacks.device(CLONE));
            acknowledged = true;
        }
    }

    Hydration hydration() {
        return hydration(Runnable::run);
    }

    /** @param work runs what may block */
    Hydration hydration(Executor work) {
        login = serve();
        return new Hydration(stacks, home.host(), work, order(login), now);
    }

    Instant now() {
        return now;
    }

    /** The order once the origin's node has told what was used. */
    VolumeOrder told() {
        IscsiLogin served = serve();
        var unused = order(served);
        maps.work();
        return order(served);
    }

    /** Bytes that were read of the origin, as of the last look. */
    long wireBytes() {
        return wireBytes;
    }

    boolean isCopying() {
        var status = CloneStatus.parse(home.host().deviceMapper().status(Names.cloneDevice(CLONE), false));
        return status instanceof CloneStatus.Working working && working.hydrationEnabled();
    }

    HydrationReport look(Hydration hydration) {
        now = now.plus(Duration.ofSeconds(1));
        Sessions.ofCopy(home.host(), CLONE, 1)
                .map(IscsiSession::disk)
                .ifPresent(disk -> wireBytes = home.host().blockDevices().bytesRead(disk));
        if (telling) {
            maps.work();
            hydration.update(order(login));
        }
        return hydration.look(now);
    }

    /** From nothing, or from wherever a cut left it, to the end. */
    HydrationReport tell() {
        VolumeOutcome outcome = bring();
        if (outcome.phase() != VolumePhase.READY) {
            throw new AssertionError("not ready: " + outcome);
        }
        pod();
        if (outcome.hydrated()) {
            return HydrationReports.hydrated(order(null), CopyTags.plain(1, CopyState.LINEAR), 0, null, now);
        }
        Hydration hydration = hydration();
        HydrationReport report = look(hydration);
        for (int looks = 0; looks < (telling ? 40 : 20) && report.completionTime() == null; looks++) {
            if (home.host().deviceMapper().find(Names.cloneDevice(CLONE)).isPresent()) {
                home.hydrate(Names.cloneDevice(CLONE), 16);
            }
            report = look(hydration);
        }
        bring();
        return report;
    }

    /** The clone shows the source's point in time with the pod's own write over it. */
    void verify() {
        long own = home.read(stacks.device(CLONE), WRITTEN_BLOCK);
        if (acknowledged && own != WRITTEN_VALUE) {
            throw new AssertionError("an acknowledged write is lost: block shows " + own);
        }
        if (acknowledged) {
            home.write(stacks.device(CLONE), WRITTEN_BLOCK, valueOf(WRITTEN_BLOCK));
        }
        long sum = home.checksum(stacks.device(CLONE), SIZE);
        home.write(stacks.device(CLONE), WRITTEN_BLOCK, acknowledged ? WRITTEN_VALUE : 0);
        if (sum != expected) {
            throw new AssertionError("the clone's bytes are not the source's");
        }
        if (!Tables.uses(
                home.host()
                        .deviceMapper()
                        .find(Names.outerDevice(CLONE))
                        .orElseThrow()
                        .table(),
                home.host()
                        .logicalVolumes()
                        .find("data", CLONE)
                        .orElseThrow()
                        .device()
                        .orElseThrow())) {
            throw new AssertionError("the outer device is not linear on the data volume");
        }
    }

    void sourceWritesOn() {
        for (long block = 1; block < BLOCKS; block += 2) {
            origin.write(originStacks.device(SOURCE), block, 7);
        }
    }

    void removeClone() {
        home.host().mounts().remove(MOUNT);
        stacks.remove(CLONE, order(null).spec(), allocated);
    }

    void removeOrigin() {
        exports.stop(EXPORT);
        snapshots.remove(SNAPSHOT, snapshotSpec(), null);
        originStacks.remove(SOURCE, spec("n1", SIZE, null), null);
    }

    private static SnapshotSpec snapshotSpec() {
        return new SnapshotSpec(CLONE, SOURCE, "n1", "fast", true, CLONE, DesiredState.PRESENT);
    }

    private VolumeSpec spec(String home, long size, @Nullable Origin origin) {
        return new VolumeSpec(
                "request",
                size,
                "fast",
                mode,
                mode == VolumeMode.FILESYSTEM ? "ext4" : null,
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
