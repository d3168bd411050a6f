package dev.sluice.node.stack;

import dev.sluice.api.Allocation;
import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.names.Names;
import dev.sluice.node.budget.BudgetBoard;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.host.Chap;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.FakeNetwork;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Clones of one volume of n1 that hydrate on n2 side by side, over simulated time. */
final class BudgetScene implements AutoCloseable {
    static final long SIZE = 512L << 20;
    private static final Duration STEP = Duration.ofMillis(20);
    private static final Chap CHAP = new Chap("n2", "secret-one", "n1", "secret-two");
    private static final String SOURCE = Names.volumeId("source");

    final BudgetBoard board = new BudgetBoard("n2");
    private final FakeNetwork network = new FakeNetwork();
    private final PoolSettings pool = new PoolSettings("fast", "data", "sluice");
    private final FakeHost origin = new FakeHost("n1", "10.0.0.1", network, pool);
    final FakeHost home = new FakeHost("n2", "10.0.0.2", network, pool);
    private final PoolDirectory pools = new PoolDirectory(List.of(pool));
    private final VolumeStacks originStacks = new VolumeStacks(origin.host(), pools);
    final VolumeStacks stacks = new VolumeStacks(home.host(), pools);
    private final Exports exports = new Exports(origin.host(), pools);
    private final Map<String, HydrationReport> reports = new HashMap<>();
    private final Map<String, VolumeOrder> orders = new HashMap<>();
    private final Map<String, Long> rates = new HashMap<>();
    private final Map<String, Double> rests = new HashMap<>();
    private final Map<String, Pod> pods = new HashMap<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Clock clock = InstantSource.system().withZone(ZoneOffset.UTC);
    private final ExecutorService work = Executors.newSingleThreadExecutor();
    private final Hydrations hydrations;

    /**
     * One that always has requests for its volume, which leave the engine moments.
     *
     * @param requests a step
     * @param alone how long one takes when nothing is copied
     * @param more how much longer for each region that is copied in the step
     */
    record Pod(long requests, Duration alone, Duration more) {}

    BudgetScene() {
        Clock simulated = new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
        hydrations = new Hydrations(
                stacks, home.host(), board, report -> reports.put(report.volume(), report), simulated, work);
        originStacks.bring(new VolumeOrder(SOURCE, spec("n1", null), null, null));
    }

    /** @param rate bytes a second that the engine can copy */
    String clone(String name, long rate) {
        String id = Names.volumeId(name);
        String snapshot = Names.cloneSnapshotId(id);
        new Snapshots(origin.host(), pools, originStacks, clock)
                .take(snapshot, new SnapshotSpec(id, SOURCE, "n1", "fast", true, id, DesiredState.PRESENT));
        ExportFacts facts = exports.serve(
                new ExportOrder(Names.export(id, 1), "fast", snapshot, home.initiatorName(), origin.portal(), CHAP));
        IscsiLogin login = new IscsiLogin(facts.portal(), facts.iqn(), facts.serial(), facts.sizeBytes(), CHAP);
        VolumeSpec spec = spec("n2", new Origin(OriginKind.VOLUME, SOURCE, "n1", snapshot, SIZE));
        VolumeOutcome outcome = stacks.bring(new VolumeOrder(id, spec, null, login));
        if (outcome.phase() != VolumePhase.READY) {
            throw new AssertionError("not ready: " + outcome);
        }
        Allocation allocated = outcome.allocated();
        orders.put(id, new VolumeOrder(id, spec, allocated, login));
        hydrations.follow(order(id), outcome);
        rate(id, rate);
        return id;
    }

    VolumeOrder order(String id) {
        return Objects.requireNonNull(orders.get(id));
    }

    void settings(String id, HydrationSettings settings) {
        VolumeOrder before = order(id);
        VolumeOrder after =
                new VolumeOrder(id, before.spec().withHydration(settings), before.allocated(), before.source());
        orders.put(id, after);
        hydrations.follow(after, stacks.bring(after));
    }

    /** @param bytesPerSecond that the engine can copy from now on */
    void rate(String id, long bytesPerSecond) {
        rates.put(id, bytesPerSecond);
        arriveAtOnce(id);
    }

    void run(String id, Pod pod) {
        pods.put(id, pod);
        arriveAtOnce(id);
    }

    /** What a window begins comes in it. */
    private void arriveAtOnce(String id) {
        home.arriveAtOnce(Names.cloneDevice(Names.copy(id, 1)), pods.containsKey(id) && rates.getOrDefault(id, 0L) > 0);
    }

    void stop(String id) {
        pods.remove(id);
    }

    void open(String id) {
        home.open(stacks.device(id), "pod of " + id);
    }

    /** Lets the engines copy as fast as they can while they are on. */
    void pass(Duration time) {
        for (Instant end = now.plus(time); now.isBefore(end); ) {
            now = now.plus(STEP);
            rates.forEach(this::copy);
            if (now.getNano() == 0) {
                rates.keySet().stream()
                        .filter(this::copies)
                        .map(id -> Names.cloneDevice(Names.copy(id, 1)))
                        .forEach(home::commit);
            }
            hydrations.tick();
            awaitWork();
        }
    }

    /** What happened to devices until now is told. */
    void hear() {
        hydrations.lookAt(home.host().deviceMapper().awaitEvents(Duration.ZERO));
        awaitWork();
    }

    private void awaitWork() {
        try {
            work.submit(() -> {}).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** Until the next look, of any kind. */
    Duration pause() {
        return hydrations.pause();
    }

    /** Its engine is not yet being taken away, on another thread. */
    private boolean copies(String id) {
        HydrationReport seen = reports.get(id);
        return seen == null || seen.phase() != HydrationPhase.FINALIZING && seen.phase() != HydrationPhase.HYDRATED;
    }

    private void copy(String id, long rate) {
        if (!copies(id)) {
            return;
        }
        String engine = Names.cloneDevice(Names.copy(id, 1));
        double bytes = rests.getOrDefault(id, 0.0) + rate * STEP.toMillis() / 1000.0;
        long region = engine(id).regionBytes();
        int regions = (int) (bytes / region);
        Pod pod = pods.get(id);
        int copied = home.hydrate(
                engine, pod == null ? regions : Math.min(regions, engine(id).threshold()));
        rests.put(id, bytes - regions * region);
        if (pod != null) {
            home.endRequests(
                    Names.outerDevice(id),
                    pod.requests(),
                    pod.alone().plus(pod.more().multipliedBy(copied)));
        }
    }

    CloneStatus.Working engine(String id) {
        String device = Names.cloneDevice(Names.copy(id, 1));
        return (CloneStatus.Working)
                CloneStatus.parse(home.host().deviceMapper().status(device, false));
    }

    long bytes(String id) {
        return engine(id).hydratedRegions() * engine(id).regionBytes();
    }

    long bytes() {
        return rates.keySet().stream().mapToLong(this::bytes).sum();
    }

    HydrationReport report(String id) {
        return Objects.requireNonNull(reports.get(id));
    }

    @Override
    public void close() {
        hydrations.close();
    }

    private static VolumeSpec spec(String home, @Nullable Origin origin) {
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
                DesiredState.PRESENT);
    }
}
