package dev.sluice.node.stack;

import dev.sluice.api.HydrationPhase;
import dev.sluice.api.Origin;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.clone.CopyTags;
import java.time.Instant;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Makes reports: the arithmetic between the kernel's regions and bytes. */
final class HydrationReports {
    private static final String DM_CLONE = "dm-clone";
    private static final String THIN_SNAPSHOT = "thin-snapshot";

    private HydrationReports() {}

    /** Regions that need no copying: because nothing uses them, or because an older copy had them. */
    record Spared(long skippedRegions, long reusedRegions) {}

    static HydrationReport of(
            VolumeOrder order,
            CloneStatus.Working engine,
            HydrationPhase phase,
            Spared spared,
            OptionalLong rate,
            Instant readyTime,
            Instant now,
            String reason,
            String message) {
        long total = totalBytes(order);
        // The last region may be partial, and is counted whole by the kernel.
        long missing = (engine.totalRegions() - engine.hydratedRegions()) * engine.regionBytes();
        long hydrated = Math.clamp(total - missing, 0, total);
        // What lies beyond the engine's end was shared from the start.
        long beyond = Math.max(0, total - engine.totalRegions() * engine.regionBytes());
        long skipped = Math.min(spared.skippedRegions() * engine.regionBytes() + beyond, hydrated);
        long reused = Math.min(spared.reusedRegions() * engine.regionBytes(), hydrated - skipped);
        Long speed = rate.isPresent() && phase != HydrationPhase.PAUSED ? (Long) rate.getAsLong() : null;
        Instant estimate = speed != null && speed > 0 ? now.plusSeconds((total - hydrated) / speed) : null;
        return new HydrationReport(
                order.id(),
                order.spec().epoch(),
                phase,
                DM_CLONE,
                total,
                hydrated,
                hydrated - skipped - reused,
                skipped,
                reused,
                speed,
                estimate,
                null,
                readyTime,
                null,
                reason,
                message);
    }

    static HydrationReport hydrated(
            VolumeOrder order, CopyTags tags, long reusedRegions, @Nullable Instant readyTime, Instant now) {
        long total = totalBytes(order);
        long skipped = tags.skippedBytes() + Math.max(0, total - tags.originBytes());
        long reused = Math.min(reusedRegions * tags.regionBytes(), total - skipped);
        return whole(order, DM_CLONE, skipped, reused, readyTime, now, "Hydrated", "everything is local");
    }

    /** A clone on the source's own node: nothing is copied, both share the blocks neither has changed. */
    static HydrationReport shared(VolumeOrder order, Instant now) {
        return whole(
                order,
                THIN_SNAPSHOT,
                totalBytes(order),
                0,
                now,
                now,
                "SharedBlocks",
                "made on the source's own node: unchanged blocks are shared, nothing is copied");
    }

    static HydrationReport preparing(VolumeOrder order, VolumeOutcome outcome, Instant now) {
        return unknown(
                order,
                null,
                HydrationPhase.PREPARING,
                now,
                null,
                Objects.requireNonNullElse(outcome.reason(), "Stacking"),
                Objects.requireNonNullElse(outcome.message(), "the device is being stacked"));
    }

    static HydrationReport unreadable(VolumeOrder order, @Nullable HydrationReport last, Instant readyTime) {
        return unknown(
                order,
                last,
                HydrationPhase.STALLED,
                null,
                readyTime,
                "StatusUnreadable",
                "the kernel could not read the engine's counters; it is asked again");
    }

    /** What an origin that cannot be reached means. */
    static String away(CloneStatus.Working engine) {
        long missing = (engine.totalRegions() - engine.hydratedRegions()) * engine.regionBytes();
        return "the origin does not answer; " + missing
                + " bytes are still only there. Reads of them wait; what is local is served.";
    }

    static HydrationReport failed(VolumeOrder order, @Nullable HydrationReport last, Instant readyTime) {
        return unknown(
                order,
                last,
                HydrationPhase.FAILED,
                null,
                readyTime,
                "MetadataReadOnly",
                "the engine cannot write its metadata any more, so the volume was cut off before it could show stale data."
                        + " Check the disk under the volume group, then delete the pod and restage: see docs/troubleshooting.md.");
    }

    /** The figures are those of the last look that had any. */
    private static HydrationReport unknown(
            VolumeOrder order,
            @Nullable HydrationReport last,
            HydrationPhase phase,
            @Nullable Instant startTime,
            @Nullable Instant readyTime,
            String reason,
            String message) {
        return new HydrationReport(
                order.id(),
                order.spec().epoch(),
                phase,
                DM_CLONE,
                totalBytes(order),
                last == null ? 0 : last.hydratedBytes(),
                last == null ? 0 : last.copiedBytes(),
                last == null ? 0 : last.skippedBytes(),
                last == null ? 0 : last.reusedBytes(),
                null,
                null,
                startTime,
                readyTime,
                null,
                reason,
                message);
    }

    private static HydrationReport whole(
            VolumeOrder order,
            String engine,
            long skipped,
            long reused,
            @Nullable Instant readyTime,
            Instant now,
            String reason,
            String message) {
        long total = totalBytes(order);
        return new HydrationReport(
                order.id(),
                order.spec().epoch(),
                HydrationPhase.HYDRATED,
                engine,
                total,
                total,
                total - skipped - reused,
                skipped,
                reused,
                null,
                null,
                null,
                readyTime,
                now,
                reason,
                message);
    }

    /** Of the origin's device: the header of an encrypted one is copied too. */
    private static long totalBytes(VolumeOrder order) {
        Origin origin = Objects.requireNonNull(order.spec().origin(), "only a volume with an origin hydrates");
        return order.spec().deviceBytes(origin.sizeBytes());
    }
}
