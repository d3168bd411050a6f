package dev.sluice.node.stack;

import dev.sluice.api.HydrationPhase;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.VolumeMode;
import dev.sluice.names.Names;
import dev.sluice.node.budget.BudgetBoard;
import dev.sluice.node.budget.Claim;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.clone.Tables;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.MountPoint;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One volume that hydrates on this node. Looked at by one thread; what may block (trim, finish, repair) runs on the executor.
 */
final class Hydration {
    private static final Logger log = LoggerFactory.getLogger(Hydration.class);
    private static final Duration IDLE_GRACE = Duration.ofSeconds(30);
    private static final String FINISH = "finish";
    private static final String WINDOW = "window";
    private static final int MOST_TRIMS = 3;
    private static final String SPARE = "sparing copies";
    private static final String ERRORS = "isolating what the origin cannot read";
    // A pod that starts needs the processor, the wire and the disk more than the copy does.
    private static final Duration START_GRACE = Duration.ofSeconds(10);

    private final VolumeStacks stacks;
    private final Host host;
    private final Executor work;
    private final String id;
    private final String engineDevice;
    private final SourcePath path;
    private final EngineSwitch engineSwitch;
    private final Pacing pacing;
    private final RateWindow rate = new RateWindow();
    private final Governing governing;
    private final Standstill standstill;
    private final Isolation isolation;
    private final Reuse reuse;
    private final Unused unused;
    private final Instant readySince;

    private volatile VolumeOrder order;
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Instant completed;
    private volatile boolean trimmed;
    private int failedTrims;
    private volatile long skippedRegions;
    private @Nullable HydrationReport last;
    private volatile boolean copyWanted;
    private volatile boolean open;
    private boolean begun;
    private @Nullable Instant openSince;
    private volatile boolean poolFull;

    /** One whose node has no budget to share. */
    Hydration(VolumeStacks stacks, Host host, Executor work, VolumeOrder order, Instant now) {
        this(stacks, host, work, new NodeBudget(new BudgetBoard(order.spec().home())), order, now);
    }

    Hydration(VolumeStacks stacks, Host host, Executor work, NodeBudget budget, VolumeOrder order, Instant now) {
        this.stacks = stacks;
        this.host = host;
        this.work = work;
        this.order = order;
        this.id = order.id();
        this.engineDevice = Names.cloneDevice(Names.copy(id, order.spec().epoch()));
        this.path = new SourcePath(host, id, order.spec().epoch());
        this.pacing = new Pacing(id, order.spec().epoch(), budget);
        this.engineSwitch = new EngineSwitch(host, stacks, id, engineDevice);
        this.readySince = now;
        this.governing =
                new Governing(new CopyWindow(host, stacks, id, order.spec().epoch(), System::nanoTime));
        this.standstill = new Standstill(now);
        this.isolation = new Isolation(host, stacks, id, order.spec().epoch(), System::nanoTime);
        this.reuse = new Reuse(host, stacks, id, order.spec().epoch(), now, System::nanoTime);
        this.unused = new Unused(host, stacks, id, order.spec().epoch(), now, System::nanoTime);
        this.skippedRegions = stacks.tags(id).skippedRegions() - unused.regions();
        // Whoever reads skipped regions from the tag has trimmed already, before a restart.
        this.trimmed = skippedRegions > 0;
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
            return HydrationReports.hydrated(order, tags(), reuse.regions(), readySince, end);
        }
        HydrationReport known = last;
        if (known != null && finishing()) {
            return known;
        }
        if (isCutOff()) {
            return rebuild();
        }
        return switch (CloneStatus.parse(host.deviceMapper().status(engineDevice, false))) {
            case CloneStatus.Working working when !working.readOnly() -> steer(working, now);
            case CloneStatus.Unreadable() -> HydrationReports.unreadable(order, last, readySince);
            default -> {
                unused.restart();
                stacks.cutOff(id);
                yield HydrationReports.failed(order, last, readySince);
            }
        };
    }

    private boolean isCutOff() {
        return outer().map(MappedDevice::table).filter(Tables::isError).isPresent();
    }

    /** Nobody can read what the volume has until it is stacked anew, and that waits until nobody has it open. */
    private HydrationReport rebuild() {
        if (outer().map(MappedDevice::openCount).orElse(0) == 0) {
            inBackground("rebuild", () -> stacks.bring(order));
        }
        return HydrationReports.failed(order, last, readySince);
    }

    private HydrationReport steer(CloneStatus.Working engine, Instant now) {
        long hydrated = engine.hydratedRegions() * engine.regionBytes();
        boolean sparing = reuse.isPending() || unused.isPending(order);
        if (sparing) {
            // What is marked as local did not come at any rate.
            rate.clear();
        }
        rate.add(now, hydrated);
        if (engine.complete() && sparing) {
            // It is written down first how it came.
            inBackground(SPARE, () -> {
                reuse.end(null);
                unused.end(null);
            });
        } else if (engine.complete()) {
            inBackground(FINISH, () -> {
                if (stacks.finish(order)) {
                    completed = now;
                }
            });
            return report(engine, now, HydrationPhase.FINALIZING, "Finalizing", "the stack is being swapped");
        }
        open = outer().map(outer -> outer.openCount() > 0).orElse(false);
        SourcePath.State source = path.look(now);
        if (path.broken()) {
            inBackground("reconnect", () -> stacks.bring(order));
        }
        boolean paused = order.spec().hydration().paused();
        HydrationLimit waiting = source == SourcePath.State.CONNECTED ? waitingFor(engine, now, paused) : null;
        Integer queued = pacing.queued();
        waiting = waiting == null && queued != null && !paused ? HydrationLimit.queued(queued) : waiting;
        boolean wanted = waiting == null && !paused && source == SourcePath.State.CONNECTED;
        if (source == SourcePath.State.CONNECTED) {
            isolate(engine, now, wanted);
        }
        copyWanted = wanted && isolation.found().isEmpty() && !running.contains(ERRORS);
        boolean copying = pace(engine, now);
        govern(engine, now, copying);
        return judge(engine, now, source, paused, waiting, copying);
    }

    private void isolate(CloneStatus.Working engine, Instant now, boolean wanted) {
        boolean refused = path.refused();
        if (isolation.isDue(engine, now, refused)) {
            VolumeOrder known = order;
            inBackground(ERRORS, () -> isolation.work(known, engine, now, refused, wanted));
        }
    }

    /** A look between looks for a volume with a limit: the engine knows only on and off, so it is switched often. */
    void pace(Instant now) {
        if (pacing.isDue(order.spec().hydration(), now)
                && completed == null
                && !isCutOff()
                && !finishing()
                && !running.contains(ERRORS)
                && CloneStatus.parse(host.deviceMapper().status(engineDevice, false))
                        instanceof CloneStatus.Working engine) {
            pace(engine, now);
        }
    }

    /** The engine is being taken away. */
    private boolean finishing() {
        return running.contains(FINISH);
    }

    /** Whether the engine may copy now. */
    private boolean pace(CloneStatus.Working engine, Instant now) {
        if (!copyWanted) {
            pacing.restart();
            engineSwitch.set(engine, false);
            return false;
        }
        long hydrated = engine.hydratedRegions() * engine.regionBytes();
        boolean allowed = pacing.allows(order.spec().hydration(), now, hydrated);
        if (allowed && !running.contains(WINDOW) && !stacks.isQuiet(id)) {
            governing.release(host, engineDevice, engine, limit().bytesPerSecond());
        }
        engineSwitch.set(engine, allowed);
        return allowed;
    }

    private CopyLimit limit() {
        return pacing.limit(order.spec().hydration());
    }

    /** What is to be asked of the node's budget; empty while nothing is to be copied. */
    Optional<Claim> claim() {
        boolean copies = copyWanted && completed == null && !finishing();
        return copies ? Optional.of(pacing.claim(order.spec().hydration(), open)) : Optional.empty();
    }

    /** Whether it is to be switched off and on by a limit. */
    boolean isLimited() {
        return copyWanted && limit().bytesPerSecond() != null;
    }

    private void govern(CloneStatus.Working engine, Instant now, boolean copying) {
        if (!copying || !engine.hydrationEnabled() || stacks.isQuiet(id)) {
            governing.restart();
            return;
        }
        HydrationSettings within = order.spec().hydration().limitedTo(limit().bytesPerSecond());
        governing
                .due(now, engine, within)
                .ifPresent(due -> inBackground(WINDOW, () -> governing.open(due, now, engine, within)));
    }

    private HydrationReport judge(
            CloneStatus.Working engine,
            Instant now,
            SourcePath.State source,
            boolean paused,
            @Nullable HydrationLimit waiting,
            boolean copying) {
        if (!copying) {
            standstill.reset(now);
        }
        if (source == SourcePath.State.LOST) {
            return report(engine, now, HydrationPhase.SOURCE_LOST, "SourceLost", HydrationReports.away(engine));
        }
        if (source != SourcePath.State.CONNECTED) {
            return report(engine, now, HydrationPhase.STALLED, "SourceUnreachable", HydrationReports.away(engine));
        }
        if (paused) {
            return report(engine, now, HydrationPhase.PAUSED, "Paused", "spec.paused is true");
        }
        if (waiting != null) {
            return report(engine, now, HydrationPhase.HYDRATING, waiting.reason(), waiting.message());
        }
        Optional<BadRegions.Found> bad = isolation.found();
        if (bad.isPresent()) {
            HydrationLimit limit = HydrationLimit.unreadable(bad.get(), isolation.interval());
            return report(engine, now, HydrationPhase.STALLED, limit.reason(), limit.message());
        }
        Optional<Standstill.Cause> stalled = copying
                ? standstill.look(
                        now,
                        engine,
                        () -> path.disk().map(host.blockDevices()::bytesRead).orElse(0L))
                : Optional.empty();
        if (stalled.isPresent()) {
            return stalled(engine, now, stalled.get());
        }
        poolFull = false;
        CopyLimit lowest = limit();
        HydrationLimit limit = isolation.isErring()
                ? HydrationLimit.erring()
                : HydrationLimit.of(
                        order.spec().hydration().limitedTo(lowest.bytesPerSecond()),
                        lowest,
                        pacing.isHeldBack(now),
                        governing,
                        now);
        return report(engine, now, HydrationPhase.HYDRATING, limit.reason(), limit.message());
    }

    private HydrationReport stalled(CloneStatus.Working engine, Instant now, Standstill.Cause cause) {
        if (cause != Standstill.Cause.FOREGROUND_IO) {
            inBackground("pool", () -> poolFull = stacks.isFull(order.spec().pool()));
        }
        if (cause == Standstill.Cause.REGION_ERRORS && isolation.isDue(engine, now, true)) {
            VolumeOrder known = order;
            inBackground(ERRORS, () -> isolation.isolate(known, engine, now));
        }
        long missing = engine.totalRegions() - engine.hydratedRegions();
        HydrationLimit limit =
                poolFull ? HydrationLimit.poolFull(order.spec().pool()) : HydrationLimit.of(cause, missing);
        return report(engine, now, HydrationPhase.STALLED, limit.reason(), limit.message());
    }

    /**
     * Why copying is not begun yet; null when it may. A pod's start and its first reads come first; then a file system is trimmed: what it
     * does not use is never copied.
     */
    private @Nullable HydrationLimit waitingFor(CloneStatus.Working engine, Instant now, boolean paused) {
        if (begun) {
            return null;
        }
        String grace = grace(now);
        if (grace != null) {
            return HydrationLimit.waiting(grace);
        }
        if (reuse.isPending()) {
            if (!paused) {
                VolumeOrder known = order;
                inBackground(SPARE, () -> reuse.step(known, now));
            }
            return HydrationLimit.comparing();
        }
        if (unused.isPending(order)) {
            if (!paused) {
                VolumeOrder known = order;
                inBackground(SPARE, () -> unused.step(known, now));
            }
            return HydrationLimit.waiting("what the origin never used is being skipped");
        }
        Optional<MountPoint> mount = isTrimmed() ? Optional.empty() : mount();
        if (mount.isEmpty()) {
            begun = true;
            return null;
        }
        Path mountPoint = Path.of(mount.get().path());
        inBackground("trim", () -> trim(mountPoint, engine));
        return HydrationLimit.waiting("what the file system does not use is being skipped");
    }

    /** Why nothing may be read or copied in the background yet; null when it may. */
    private @Nullable String grace(Instant now) {
        if (!open) {
            openSince = null;
            // No pod ever opens what only brings a snapshot here.
            boolean idle = order.spec().isSnapshotCopy(id)
                    || readySince.plus(IDLE_GRACE).isBefore(now);
            trimmed = trimmed || idle;
            return idle ? null : "copying begins when a pod uses the volume, or after " + IDLE_GRACE.toSeconds() + " s";
        }
        openSince = openSince == null ? now : openSince;
        return openSince.plus(START_GRACE).isAfter(now)
                ? "copying begins " + START_GRACE.toSeconds() + " s after a pod began to use the volume"
                : null;
    }

    /** Or cannot be: of a block volume it is not known what is unused, and over an older copy no discard passes. */
    private boolean isTrimmed() {
        return trimmed || order.spec().mode() == VolumeMode.BLOCK || reuse.concerns();
    }

    private Optional<MappedDevice> outer() {
        return host.deviceMapper().find(Names.outerDevice(id));
    }

    private Optional<MountPoint> mount() {
        return PodDevices.find(host, id)
                .flatMap(device -> host.mounts().list().stream()
                        .filter(candidate -> candidate.deviceNumber().equals(device.number()))
                        .findFirst());
    }

    private void trim(Path mountPoint, CloneStatus.Working before) {
        long trimmedBytes;
        try {
            trimmedBytes = host.fileSystems().trim(mountPoint);
        } catch (RuntimeException failed) {
            // Where the file system's own blocks cannot be read it never can be trimmed: then all of it is copied.
            trimmed = ++failedTrims >= MOST_TRIMS;
            throw failed;
        }
        if (CloneStatus.parse(host.deviceMapper().status(engineDevice, false)) instanceof CloneStatus.Working after) {
            // The pod's own writes of these moments are no skipping.
            long jumped = after.hydratedRegions() - before.hydratedRegions();
            skippedRegions = Math.min(jumped, trimmedBytes / after.regionBytes());
        }
        rate.clear();
        trimmed = true;
        if (skippedRegions > 0) {
            stacks.recordSkipped(id, skippedRegions + unused.regions());
        }
    }

    /** One of a kind at a time: a trim that waits for a dead source must not keep the source from being found again. */
    private void inBackground(String what, Runnable action) {
        if (!running.add(what)) {
            return;
        }
        work.execute(() -> {
            try {
                action.run();
            } catch (RuntimeException failure) {
                log.warn("volume {}: {} failed and is tried again: {}", id, what, failure.getMessage());
            } finally {
                running.remove(what);
            }
        });
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
                        new HydrationReports.Spared(skippedRegions + unused.regions(), reuse.regions()),
                        rate.bytesPerSecond(),
                        readySince,
                        now,
                        reason,
                        message)
                .within(copyWanted ? limit().allowance() : null)
                .with(isolation.found().map(BadRegions.Found::summary).orElse(null));
        return last;
    }
}
