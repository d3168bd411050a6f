package dev.sluice.node.stack;

import dev.sluice.api.VolumeMode;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.MountPoint;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What comes before copying. A pod's start and its first reads; then what need not be copied is found: what an older copy has, what was never
 * used, what the file system does not use.
 */
final class Beginning {
    private static final Duration IDLE_GRACE = Duration.ofSeconds(30);
    private static final int MOST_TRIMS = 3;
    private static final String SPARE = "sparing copies";
    private static final String TRIM = "trim";
    // A pod that starts needs the processor, the wire and the disk more than the copy does.
    private static final Duration START_GRACE = Duration.ofSeconds(10);

    private final Host host;
    private final VolumeStacks stacks;
    private final BackgroundWork background;
    private final String id;
    private final String engineDevice;
    private final Reuse reuse;
    private final Unused unused;
    private final Runnable jumped;
    private final Instant readySince;
    private volatile boolean trimmed;
    private int failedTrims;
    private volatile long skippedRegions;
    private boolean begun;
    private @Nullable Instant openSince;

    /** @param jumped told when much became local that was not copied */
    Beginning(
            Host host,
            VolumeStacks stacks,
            BackgroundWork background,
            VolumeOrder order,
            Runnable jumped,
            Instant now) {
        this.host = host;
        this.stacks = stacks;
        this.background = background;
        this.id = order.id();
        this.jumped = jumped;
        this.readySince = now;
        long epoch = order.spec().epoch();
        this.engineDevice = Names.cloneDevice(Names.copy(id, epoch));
        this.reuse = new Reuse(host, stacks, id, epoch, now, System::nanoTime);
        this.unused = new Unused(host, stacks, id, epoch, now, System::nanoTime);
        this.skippedRegions = stacks.tags(id).skippedRegions() - unused.regions();
        // Whoever reads skipped regions from the tag has trimmed already, before a restart.
        this.trimmed = skippedRegions > 0;
    }

    /** Whether regions may still become local by being marked. */
    boolean isSparing(VolumeOrder order) {
        return reuse.isPending() || unused.isPending(order);
    }

    /** Whether regions are being made local other than by copying them. */
    boolean isAtWork() {
        return background.isRunning(TRIM) || background.isRunning(SPARE);
    }

    /** Writes down what was spared so far; there is no more. */
    void endSparing() {
        background.run(SPARE, () -> {
            reuse.end(null);
            unused.end(null);
        });
    }

    /** What was marked and not written down may be gone with the engine. */
    void restart() {
        unused.restart();
    }

    HydrationReports.Spared spared() {
        return new HydrationReports.Spared(skippedRegions + unused.regions(), reuse.regions());
    }

    /** Why copying is not begun yet; null when it may, and while it is paused. */
    @Nullable HydrationLimit waitingFor(
            VolumeOrder order, CloneStatus.Working engine, Instant now, boolean paused, boolean open) {
        if (begun) {
            return null;
        }
        String grace = grace(order, now, open);
        if (grace != null) {
            return HydrationLimit.waiting(grace);
        }
        if (paused) {
            return null;
        }
        if (reuse.isPending()) {
            background.run(SPARE, () -> reuse.step(order, now));
            return HydrationLimit.comparing();
        }
        if (unused.isPending(order)) {
            background.run(SPARE, () -> unused.step(order, now));
            return HydrationLimit.waiting("what the origin never used is being skipped");
        }
        Optional<MountPoint> mount = isTrimmed(order) ? Optional.empty() : mount();
        if (mount.isEmpty()) {
            begun = true;
            return null;
        }
        Path mountPoint = Path.of(mount.get().path());
        background.run(TRIM, () -> trim(mountPoint, engine));
        return HydrationLimit.waiting("what the file system does not use is being skipped");
    }

    /** Why nothing may be read or copied in the background yet; null when it may. */
    private @Nullable String grace(VolumeOrder order, Instant now, boolean open) {
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
    private boolean isTrimmed(VolumeOrder order) {
        return trimmed || order.spec().mode() == VolumeMode.BLOCK || reuse.concerns();
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
            long more = after.hydratedRegions() - before.hydratedRegions();
            skippedRegions = Math.min(more, trimmedBytes / after.regionBytes());
        }
        jumped.run();
        trimmed = true;
        if (skippedRegions > 0) {
            stacks.recordSkipped(id, skippedRegions + unused.regions());
        }
    }
}
