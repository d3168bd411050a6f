package dev.sluice.node.stack;

import dev.sluice.api.HydrationSettings;
import java.time.Instant;

/** What keeps a hydration from going faster, or at all: a word for programs and a sentence for people. */
record HydrationLimit(String reason, String message) {
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

    /** @param heldBack whether it was limited just now */
    static HydrationLimit of(
            HydrationSettings settings, CopyLimit limit, boolean heldBack, Governing governing, Instant now) {
        if (governing.isNeeded(now)) {
            return new HydrationLimit(
                    "ForegroundIO",
                    "the pod keeps I/O in flight, to which background copying yields. Its I/O is held for an instant"
                            + " now and then, so that " + governing.floor(settings)
                            + " bytes a second come all the same"
                            + " (minBytesPerSecond)");
        }
        return limit.bytesPerSecond() != null && (heldBack || limit.isOwn() || limit.isForLatency())
                ? new HydrationLimit("Budget", limit.explain())
                : new HydrationLimit("Copying", "the kernel copies what has not arrived");
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
                        "RegionErrors",
                        nothing + "copies of " + missingRegions
                                + " regions fail and are tried again. Look at the kernel's"
                                + " log of this node and of the origin's for errors of a disk");
        };
    }

    static HydrationLimit poolFull(String pool) {
        return new HydrationLimit(
                "PoolFull",
                "there is no room left in pool " + pool + " of this node; what the pod writes waits too. Make room:"
                        + " delete volumes or snapshots, or extend the thin pool (lvextend)");
    }
}
