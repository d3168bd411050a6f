package dev.sluice.node.stack;

import dev.sluice.api.RegionErrors;
import java.time.Duration;
import java.util.stream.Collectors;

/** What keeps a hydration from going faster, or at all: a word for programs and a sentence for people. */
record HydrationLimit(String reason, String message) {
    private static final String REGION_ERRORS = "RegionErrors";

    static HydrationLimit waiting(String message) {
        return new HydrationLimit("WaitingToStart", message);
    }

    static HydrationLimit comparing() {
        return new HydrationLimit(
                "Comparing",
                "an older copy of the volume is on this node: what has not changed since is being found and is not"
                        + " copied");
    }

    /** @param before how many others copy first */
    static HydrationLimit queued(int before) {
        return waiting("copying waits for its turn, with about " + before
                + " others before it: maxHydrations limits how many copy at once in the cluster. What a pod reads"
                + " comes at once all the same");
    }

    /** @param floor bytes a second */
    static HydrationLimit starved(long floor) {
        return new HydrationLimit(
                "ForegroundIO",
                "the pod keeps I/O in flight, to which background copying yields. Its I/O is held for an instant now"
                        + " and then, so that " + floor + " bytes a second come all the same (minBytesPerSecond)");
    }

    /**
     * @param heldBack whether it was limited just now
     * @param flight how much is copied at once
     */
    static HydrationLimit of(CopyLimit limit, boolean heldBack, String flight) {
        return limit.bytesPerSecond() != null && (heldBack || limit.isOwn() || limit.isForLatency())
                ? new HydrationLimit("Budget", limit.explain())
                : new HydrationLimit("Copying", "the kernel copies what has not arrived: " + flight);
    }

    static HydrationLimit of(Standstill.Cause cause, long missingRegions) {
        String nothing = "nothing became local for " + Standstill.AFTER.toSeconds() + " s: ";
        return switch (cause) {
            case FOREGROUND_IO ->
                new HydrationLimit(
                        "ForegroundIO",
                        nothing
                                + "the pod keeps I/O in flight, to which background copying yields. Its I/O is held"
                                + " for an instant as often as minBytesPerSecond asks for it; the node plugin's log"
                                + " says when that fails");
            case SOURCE_SLOW ->
                new HydrationLimit(
                        "SourceSlow",
                        nothing
                                + "copies are under way, but the origin's node sends no bytes. Look at that node's"
                                + " disk and load");
            case REGION_ERRORS ->
                new HydrationLimit(
                        REGION_ERRORS,
                        nothing + "copies of " + missingRegions
                                + " regions fail and are tried again. Look at the kernel's"
                                + " log of this node and of the origin's for errors of a disk");
        };
    }

    /** The origin's disk refuses reads; what it can read is not all here yet. */
    static HydrationLimit erring() {
        return new HydrationLimit(
                REGION_ERRORS,
                "the origin's disk cannot read some regions. What it can read is copied first, region by region");
    }

    /** @param interval after which it is tried again */
    static HydrationLimit unreadable(BadRegions.Found found, Duration interval) {
        RegionErrors errors = found.summary();
        String places = errors.offsets().stream().map(String::valueOf).collect(Collectors.joining(", "));
        boolean more = errors.count() > errors.offsets().size();
        String rest = found.isAll()
                ? "Everything else is local"
                : found.missing() + " regions are not local, and more of them may be bad";
        return new HydrationLimit(
                REGION_ERRORS,
                errors.count() + " regions of " + errors.regionBytes() + " bytes cannot be read at the origin: at "
                        + places + (more ? ", …" : "") + ". " + rest
                        + ". Look at the kernel's log of the origin's node. They are tried again every "
                        + interval.toSeconds() + " s; a region that is written as a whole needs the origin no more");
    }

    /** @param reserve bytes that are left to what pods write */
    static HydrationLimit poolFull(String pool, long free, long reserve) {
        return new HydrationLimit(
                "PoolFull",
                "pool " + pool + " of this node has " + free + " bytes free. Copying stops below " + reserve
                        + ", which is left to what pods write" + (free == 0 ? "; that waits now too" : "")
                        + ". Make room: delete volumes or snapshots, or extend the thin pool (lvextend)");
    }

    static HydrationLimit poolMetadataFull(String pool, int percent) {
        return new HydrationLimit(
                "PoolFull",
                "the metadata of pool " + pool + " of this node is full to " + percent
                        + " %. Copying stops before the pool goes read-only. Extend it (lvextend --poolmetadatasize), or"
                        + " delete volumes or snapshots");
    }
}
