package dev.sluice.node.stack;

import dev.sluice.api.HydrationPhase;
import dev.sluice.api.HydrationSettings;
import dev.sluice.names.Names;
import dev.sluice.node.budget.BudgetBoard;
import dev.sluice.node.budget.Claim;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.clone.Tables;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.MappedDevice;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One volume that hydrates on this node. Looked at by one thread; what may block (trim, finish, repair) runs on the executor.
 */
final class Hydration {
    private static final String FINISH = "finish";
    private static final String WINDOW = "window";
    private static final String ERRORS = "isolating what the origin cannot read";

    private final VolumeStacks stacks;
    private final Host host;
    private final BackgroundWork background;
    private final String id;
    private final String outerDevice;
    private final String engineDevice;
    private final SourcePath path;
    private final EngineSwitch engineSwitch;
    private final Pacing pacing;
    private final PoolGuard guard;
    private final RateWindow rate = new RateWindow();
    private final LatencyBudget latency = new LatencyBudget();
    private final LatencyWatch latencyWatch;
    private final Governing governing;
    private final CopyFlight flight;
    private final Standstill standstill;
    private final Isolation isolation;
    private final Beginning beginning;
    private final Instant readySince;

    private volatile VolumeOrder order;
    private volatile @Nullable Instant completed;
    private @Nullable HydrationReport last;
    private volatile boolean copyWanted;
    private volatile boolean open;
    private @Nullable Instant writesLost;

    /** One whose node has no budget to share. */
    Hydration(VolumeStacks stacks, Host host, Executor work, VolumeOrder order, Instant now) {
        this(
                stacks,
                host,
                work,
                new NodeBudget(new BudgetBoard(order.spec().home())),
                new PoolGuard(stacks::pool),
                order,
                now);
    }

    Hydration(
            VolumeStacks stacks,
            Host host,
            Executor work,
            NodeBudget budget,
            PoolGuard guard,
            VolumeOrder order,
            Instant now) {
        this.guard = guard;
        this.stacks = stacks;
        this.host = host;
        this.order = order;
        this.id = order.id();
        this.background = new BackgroundWork(work, id);
        this.outerDevice = Names.outerDevice(id);
        this.engineDevice = Names.cloneDevice(Names.copy(id, order.spec().epoch()));
        this.path = new SourcePath(host, id, order.spec().epoch());
        this.pacing = new Pacing(id, order.spec().epoch(), budget, latency);
        this.engineSwitch = new EngineSwitch(host, stacks, id, engineDevice);
        this.readySince = now;
        this.writesLost = stacks.writesLost(id);
        this.latencyWatch =
                new LatencyWatch(host, stacks, background, id, order.spec().epoch(), latency);
        this.governing =
                new Governing(new CopyWindow(host, stacks, id, order.spec().epoch(), System::nanoTime));
        this.flight = new CopyFlight(host, id, order.spec().epoch(), System::nanoTime);
        this.standstill = new Standstill(now);
        this.isolation = new Isolation(host, stacks, id, order.spec().epoch(), System::nanoTime);
        this.beginning = new Beginning(host, stacks, background, order, rate::clear, now);
    }

    /** Whether its engine is among these devices. */
    boolean isOneOf(Set<String> devices) {
        return devices.contains(engineDevice);
    }

    boolean isOf(long epoch) {
        return order.spec().epoch() == epoch;
    }

    void update(VolumeOrder newOrder) {
        order = newOrder;
    }

    /** One look: steers the engine and says how far it is. */
    HydrationReport look(Instant now) {
        Instant end = completed;
        if (end != null) {
            return HydrationReports.hydrated(order, tags(), beginning.spared().reusedRegions(), readySince, end);
        }
        HydrationReport known = last;
        if (known != null && finishing()) {
            return known;
        }
        MappedDevice outer = host.deviceMapper().find(outerDevice).orElse(null);
        boolean isOpen = outer != null && outer.openCount() > 0;
        if (outer != null && Tables.isError(outer.table())) {
            return rebuild(isOpen);
        }
        if (open && !isOpen) {
            writesLost = stacks.writesLost(id);
        }
        open = isOpen;
        return switch (CloneStatus.parse(host.deviceMapper().status(engineDevice, false))) {
            case CloneStatus.Working working when !working.readOnly() -> steer(working, now);
            case CloneStatus.Unreadable() -> HydrationReports.unreadable(order, last, readySince);
            default -> {
                copyWanted = false;
                beginning.restart();
                stacks.cutOff(id);
                yield HydrationReports.failed(order, last, readySince);
            }
        };
    }

    /** Nobody can read what the volume has until it is stacked anew, and that waits until nobody has it open. */
    private HydrationReport rebuild(boolean isOpen) {
        copyWanted = false;
        if (!isOpen) {
            background.run("rebuild", () -> stacks.bring(order));
        }
        return HydrationReports.failed(order, last, readySince);
    }

    private HydrationReport steer(CloneStatus.Working engine, Instant now) {
        long hydrated = engine.hydratedRegions() * engine.regionBytes();
        boolean sparing = beginning.isSparing(order);
        if (sparing) {
            // What is marked as local did not come at any rate.
            rate.clear();
        }
        rate.add(now, hydrated);
        if (engine.complete() && sparing) {
            // It is written down first how it came.
            beginning.endSparing();
        } else if (engine.complete()) {
            background.run(FINISH, () -> {
                if (stacks.finish(order)) {
                    completed = now;
                }
            });
            return report(engine, now, HydrationPhase.FINALIZING, "Finalizing", "the stack is being swapped");
        }
        SourcePath.State source = path.look(now);
        if (path.broken()) {
            background.run("reconnect", () -> stacks.bring(order));
        }
        boolean paused = order.spec().hydration().paused();
        HydrationLimit waiting =
                source == SourcePath.State.CONNECTED ? beginning.waitingFor(order, engine, now, paused, open) : null;
        Integer queued = pacing.queued();
        waiting = waiting == null && queued != null && !paused ? HydrationLimit.queued(queued) : waiting;
        HydrationLimit room = guard.missing(order.spec().pool(), now);
        boolean wanted = waiting == null && room == null && !paused && source == SourcePath.State.CONNECTED;
        if (source == SourcePath.State.CONNECTED) {
            isolate(engine, now, wanted);
        }
        copyWanted = wanted && isolation.found().isEmpty() && !background.isRunning(ERRORS);
        boolean copying = pace(engine, now);
        govern(engine, now, copying);
        return judge(engine, now, source, paused, waiting, room, copying);
    }

    private void isolate(CloneStatus.Working engine, Instant now, boolean wanted) {
        boolean refused = path.refused();
        if (isolation.isDue(engine, now, refused)) {
            VolumeOrder known = order;
            background.run(ERRORS, () -> isolation.work(known, now, refused, wanted));
        }
    }

    /**
     * From when on it is to be looked at between the looks at all. The engine knows only on and off, so one with a limit is switched often; and
     * each look takes a moment of a processor that the pod may need.
     */
    Instant next(Instant now) {
        if (!isPaced()) {
            return Instant.MAX;
        }
        if (isListening()) {
            return latency.next();
        }
        Instant window = governing.nextWindow(
                now,
                order.spec().hydration().minBytesPerSecond(),
                pacing.limit().bytesPerSecond());
        return Times.least(window, pacing.next());
    }

    /** When it is to be looked at in any case, however short a time that is. */
    Instant off() {
        return isPaced() && !isListening() ? pacing.off() : Instant.MAX;
    }

    private boolean isPaced() {
        return copyWanted && completed == null && !background.isRunning(ERRORS) && !finishing();
    }

    void pace(Instant now) {
        if (CloneStatus.parse(host.deviceMapper().status(engineDevice, false)) instanceof CloneStatus.Working engine
                && !engine.readOnly()) {
            govern(engine, now, pace(engine, now));
        }
    }

    /** The engine is being taken away. */
    private boolean finishing() {
        return background.isRunning(FINISH);
    }

    /** Whether the engine may copy now, if only in windows. */
    private boolean pace(CloneStatus.Working engine, Instant now) {
        if (!copyWanted) {
            pacing.restart();
            flight.interrupt();
            latencyWatch.rest(engine, now);
            engineSwitch.set(engine, false);
            return false;
        }
        if (!flight.isMeasured()) {
            background.run("round trip", flight::measure);
        }
        HydrationSettings settings = order.spec().hydration();
        long hydrated = engine.hydratedRegions() * engine.regionBytes();
        boolean heard = latencyWatch.allows(engine, now, terms(settings));
        governing.saw(latency.fastest());
        pacing.renew(settings);
        boolean allowed = pacing.allows(now, hydrated) && heard;
        boolean beside = allowed && !latency.isHeld();
        boolean windowed = background.isRunning(WINDOW);
        if (beside && !windowed && !stacks.isQuiet(id)) {
            boolean undisturbed = engine.hydrationEnabled() && !governing.isNeeded(now);
            flight.copyOneByOne(isolation.isErring());
            flight.set(now, engine, settings, pacing.limit(), undisturbed);
        } else {
            flight.interrupt();
        }
        if (!windowed) {
            engineSwitch.set(engine, beside);
        }
        return allowed;
    }

    private LatencyBudget.Terms terms(HydrationSettings settings) {
        Integer budget = settings.latencyBudget();
        return new LatencyBudget.Terms(
                governing.floor(settings), budget == null ? HydrationSettings.DEFAULT_LATENCY_BUDGET : budget);
    }

    /** What is to be asked of the node's budget; empty while nothing is to be copied. */
    Optional<Claim> claim() {
        boolean copies = copyWanted && completed == null && !finishing();
        return copies ? Optional.of(pacing.claim(order.spec().hydration(), open)) : Optional.empty();
    }

    /** Copying is off only for a moment, to hear how the pod's I/O is without. */
    private boolean isListening() {
        return copyWanted && latency.isQuiet();
    }

    private void govern(CloneStatus.Working engine, Instant now, boolean copying) {
        if (isListening()) {
            // What is owed meanwhile is made up for.
            return;
        }
        // A window switches the engine off and on.
        boolean engaged = engine.hydrationEnabled() || latency.isHeld() || background.isRunning(WINDOW);
        if (!copying || !engaged || stacks.isQuiet(id)) {
            governing.restart();
            return;
        }
        governing
                .due(now, engine, limited(), latency)
                .ifPresent(due -> background.run(WINDOW, () -> {
                    if (copyWanted) {
                        latency.delayed(governing.open(due, now, engine));
                    }
                }));
    }

    private HydrationSettings limited() {
        return order.spec().hydration().limitedTo(pacing.limit().bytesPerSecond());
    }

    private HydrationReport judge(
            CloneStatus.Working engine,
            Instant now,
            SourcePath.State source,
            boolean paused,
            @Nullable HydrationLimit waiting,
            @Nullable HydrationLimit room,
            boolean copying) {
        boolean shouldMove = copying || isListening();
        if (!shouldMove) {
            standstill.reset(now);
        }
        if (source == SourcePath.State.LOST) {
            return report(engine, now, HydrationPhase.SOURCE_LOST, "SourceLost", HydrationReports.away(engine));
        }
        if (source != SourcePath.State.CONNECTED) {
            return report(engine, now, HydrationPhase.STALLED, "SourceUnreachable", HydrationReports.away(engine));
        }
        if (paused && (beginning.isAtWork() || background.isRunning(WINDOW))) {
            return report(engine, now, HydrationPhase.HYDRATING, "Pausing", "what is under way ends first");
        }
        if (paused) {
            return report(engine, now, HydrationPhase.PAUSED, "Paused", "spec.paused is true");
        }
        if (waiting != null) {
            return report(engine, now, HydrationPhase.HYDRATING, waiting.reason(), waiting.message());
        }
        if (room != null) {
            return report(engine, now, HydrationPhase.STALLED, room.reason(), room.message());
        }
        Optional<BadRegions.Found> bad = isolation.found();
        if (bad.isPresent()) {
            HydrationLimit limit = HydrationLimit.unreadable(bad.get(), isolation.interval());
            return report(engine, now, HydrationPhase.STALLED, limit.reason(), limit.message());
        }
        Optional<Standstill.Cause> stalled = shouldMove
                ? standstill.look(
                        now,
                        engine,
                        () -> path.disk().map(host.blockDevices()::bytesRead).orElse(0L))
                : Optional.empty();
        if (stalled.isPresent()) {
            return stalled(engine, now, stalled.get());
        }
        HydrationLimit limit = limit(engine, now);
        return report(engine, now, HydrationPhase.HYDRATING, limit.reason(), limit.message());
    }

    private HydrationLimit limit(CloneStatus.Working engine, Instant now) {
        if (isolation.isErring()) {
            return HydrationLimit.erring();
        }
        if (governing.isNeeded(now) && !latency.isHeld()) {
            return HydrationLimit.starved(governing.floor(limited()));
        }
        return HydrationLimit.of(pacing.limit(), pacing.isHeldBack(now), flight.describe(engine));
    }

    private HydrationReport stalled(CloneStatus.Working engine, Instant now, Standstill.Cause cause) {
        if (cause == Standstill.Cause.REGION_ERRORS && isolation.isDue(engine, now, true)) {
            VolumeOrder known = order;
            background.run(ERRORS, () -> isolation.isolate(known, now));
        }
        long missing = engine.totalRegions() - engine.hydratedRegions();
        HydrationLimit limit = HydrationLimit.of(cause, missing);
        return report(engine, now, HydrationPhase.STALLED, limit.reason(), limit.message());
    }

    private CopyTags tags() {
        return stacks.tags(id);
    }

    private HydrationReport report(
            CloneStatus.Working engine, Instant now, HydrationPhase phase, String reason, String message) {
        last = HydrationReports.of(
                        order,
                        engine,
                        phase,
                        beginning.spared(),
                        rate.bytesPerSecond(),
                        readySince,
                        now,
                        reason,
                        message)
                .with(
                        copyWanted ? pacing.limit().allowance() : null,
                        isolation.found().map(BadRegions.Found::summary).orElse(null),
                        writesLost);
        return last;
    }
}
