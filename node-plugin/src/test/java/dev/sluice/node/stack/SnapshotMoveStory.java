package dev.sluice.node.stack;

import dev.sluice.api.Allocation;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Encryption;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.SnapshotMove;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumePhase;
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
import java.util.List;
import java.util.Objects;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot on n1 that moves to n2: the whole way, each part idempotent. What the cluster's objects remember between two parts is remembered
 * here too.
 */
final class SnapshotMoveStory {
    static final long SIZE = 8L << 20;
    static final String SNAPSHOT = Names.snapshotId("kept");
    static final String COPY = Names.snapshotCopy(SNAPSHOT, "n2");
    static final String RESTORED = Names.volumeId("restored");
    static final PoolSettings POOL = new PoolSettings("fast", "data", "sluice");

    private static final long BLOCKS = SIZE / FakeHost.BLOCK;
    private static final String SOURCE = Names.volumeId("source");
    private static final String EXPORT = Names.export(COPY, 1);
    private static final Chap CHAP = new Chap("n2", "secret-one", "n1", "secret-two");
    private static final SnapshotSpec TAKEN =
            new SnapshotSpec("kept", SOURCE, "n1", "fast", false, null, DesiredState.PRESENT);

    private final FakeNetwork network = new FakeNetwork();
    final FakeHost from = new FakeHost("n1", "10.0.0.1", network, POOL);
    final FakeHost to = new FakeHost("n2", "10.0.0.2", network, POOL);
    private final PoolDirectory pools = new PoolDirectory(List.of(POOL));
    private final VolumeStacks fromStacks = new VolumeStacks(from.host(), pools);
    private final VolumeStacks toStacks = new VolumeStacks(to.host(), pools);
    private final Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    private final Snapshots fromSnapshots = new Snapshots(from.host(), pools, fromStacks, clock);
    private final Snapshots toSnapshots = new Snapshots(
            to.host(), pools, toStacks, Clock.fixed(Instant.parse("2026-02-02T00:00:00Z"), ZoneOffset.UTC));
    private final Exports exports = new Exports(from.host(), pools);
    private Instant now = clock.instant();
    private long expected;
    private @Nullable SnapshotFacts first;
    private @Nullable SnapshotFacts second;
    private @Nullable Allocation allocated;
    private boolean copied;
    private boolean settled;

    /** A source that went on after its snapshot. */
    void snapshot() {
        fromStacks.bring(new VolumeOrder(SOURCE, spec("n1", null, null), null, null));
        fill(block -> 1000 + block);
        expected = from.checksum(fromStacks.device(SOURCE));
        first = fromSnapshots.take(SNAPSHOT, TAKEN);
        fill(block -> 7);
    }

    private void fill(LongUnaryOperator value) {
        for (long block = 1; block < BLOCKS; block += 2) {
            from.write(fromStacks.device(SOURCE), block, value.applyAsLong(block));
        }
        from.fsync(fromStacks.device(SOURCE));
    }

    /** From wherever a cut left it to the end. */
    void tell() {
        copy();
        takeOver();
        settle();
    }

    void copy() {
        if (copied) {
            return;
        }
        VolumeOutcome outcome = bring();
        if (!outcome.hydrated()) {
            hydrate();
        }
        if (!bring().hydrated()) {
            throw new AssertionError("the copy is not whole");
        }
        copied = true;
    }

    VolumeOutcome bring() {
        VolumeOutcome outcome = toStacks.bring(
                new VolumeOrder(COPY, copySpec(), allocated, serve()), early -> allocated = early.allocated());
        allocated = outcome.allocated();
        if (outcome.phase() != VolumePhase.READY) {
            throw new AssertionError("not ready: " + outcome);
        }
        return outcome;
    }

    private IscsiLogin serve() {
        ExportFacts facts =
                exports.serve(new ExportOrder(EXPORT, "fast", SNAPSHOT, to.initiatorName(), from.portal(), CHAP));
        return new IscsiLogin(facts.portal(), facts.iqn(), facts.serial(), facts.sizeBytes(), CHAP);
    }

    /** How many looks it takes; no pod is waited for. */
    int hydrate() {
        VolumeOrder order = new VolumeOrder(COPY, copySpec(), allocated, null);
        Hydration hydration = new Hydration(toStacks, to.host(), Runnable::run, order, now);
        for (int looks = 1; looks < 20; looks++) {
            now = now.plus(Duration.ofSeconds(1));
            if (hydration.look(now).completionTime() != null) {
                return looks;
            }
            if (to.host().deviceMapper().find(Names.cloneDevice(COPY)).isPresent()) {
                to.hydrate(Names.cloneDevice(COPY), 1 << 20);
            }
        }
        throw new AssertionError("it does not end");
    }

    SnapshotFacts takeOver() {
        if (second == null) {
            second = toSnapshots.take(SNAPSHOT, movedSpec());
        }
        return second;
    }

    SnapshotSpec movedSpec() {
        return TAKEN.withTarget("n2")
                .moved(new SnapshotMove(2, COPY, "2026-01-01T00:00:00Z", new SnapshotMove.Left("n1", left())));
    }

    /** LVM's identity of what is on the old home. */
    String left() {
        return Objects.requireNonNull(first).lvUuid();
    }

    /** What was copied goes, and what was left behind. */
    void settle() {
        if (settled) {
            return;
        }
        toStacks.remove(COPY, copySpec(), allocated);
        exports.stop(EXPORT);
        removeLeft(left());
        settled = true;
    }

    void removeLeft(String lvUuid) {
        fromSnapshots.remove(SNAPSHOT, movedSpec(), lvUuid);
    }

    /** Deletes the source too, and restores what has moved. */
    void verify() {
        fromStacks.remove(SOURCE, spec("n1", null, null), null);
        requireNone(from);
        Origin origin = new Origin(OriginKind.SNAPSHOT, SNAPSHOT, "n2", SNAPSHOT, SIZE);
        toStacks.bring(new VolumeOrder(RESTORED, spec("n2", origin, null), null, null));
        if (to.checksum(toStacks.device(RESTORED), SIZE) != expected) {
            throw new AssertionError("what is restored is not what was taken");
        }
        toStacks.remove(RESTORED, spec("n2", origin, null), null);
        toSnapshots.remove(SNAPSHOT, movedSpec(), takeOver().lvUuid());
        requireNone(to);
    }

    private static void requireNone(FakeHost host) {
        if (!host.leftovers().isEmpty()) {
            throw new AssertionError("left on " + host.name() + ": " + host.leftovers());
        }
    }

    /** The evacuation ended in the middle. */
    void cancel() {
        toStacks.remove(COPY, copySpec(), allocated);
        exports.stop(EXPORT);
    }

    private static VolumeSpec copySpec() {
        return spec("n2", new Origin(OriginKind.SNAPSHOT, SNAPSHOT, "n1", SNAPSHOT, SIZE), null);
    }

    private static VolumeSpec spec(String home, @Nullable Origin origin, @Nullable Encryption encryption) {
        return new VolumeSpec(
                "request",
                SIZE,
                "fast",
                VolumeMode.BLOCK,
                null,
                Placement.PINNED,
                home,
                null,
                1,
                origin,
                null,
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT,
                null,
                encryption);
    }
}
