package dev.sluice.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a hydration is; written by the node where it happens. hydrated = copied + skipped + reused, and hydrated + remaining = total.
 *
 * @param hydratedBytes bytes that are local now, however they came
 * @param copiedBytes of those, bytes that were copied from the origin or written by the pod
 * @param skippedBytes of those, bytes known to be unused and never copied
 * @param reusedBytes of those, bytes of an older copy on the node that were proven equal; null when there are none
 * @param bytesPerSecond rate of hydration over the last seconds; null when none is known
 * @param estimatedCompletionTime RFC 3339
 * @param startTime RFC 3339, when stacking began
 * @param readyTime RFC 3339, when the device could first be used
 * @param completionTime RFC 3339, when the stack had become linear
 * @param engine dm-clone, thin-snapshot or thin-origin
 * @param allowance what background copying may have at present; null for no limit
 * @param regionErrors what the origin cannot read, when nothing else is missing; null otherwise
 */
public record CloneHydrationStatus(
        HydrationPhase phase,
        long epoch,
        @Nullable Origin origin,
        @Nullable String engine,
        long totalBytes,
        long hydratedBytes,
        long copiedBytes,
        long skippedBytes,
        long remainingBytes,
        @Nullable Long bytesPerSecond,
        @Nullable String estimatedCompletionTime,
        @Nullable String startTime,
        @Nullable String readyTime,
        @Nullable String completionTime,
        @Nullable String reason,
        @Nullable String message,
        @Nullable HydrationSummary summary,
        @Nullable List<Condition> conditions,
        @Nullable Long reusedBytes,
        @Nullable CopyAllowance allowance,
        @Nullable RegionErrors regionErrors) {
    /** Where nothing of an older copy was there. */
    public CloneHydrationStatus(
            HydrationPhase phase,
            long epoch,
            @Nullable Origin origin,
            @Nullable String engine,
            long totalBytes,
            long hydratedBytes,
            long copiedBytes,
            long skippedBytes,
            long remainingBytes,
            @Nullable Long bytesPerSecond,
            @Nullable String estimatedCompletionTime,
            @Nullable String startTime,
            @Nullable String readyTime,
            @Nullable String completionTime,
            @Nullable String reason,
            @Nullable String message,
            @Nullable HydrationSummary summary,
            @Nullable List<Condition> conditions) {
        this(
                phase,
                epoch,
                origin,
                engine,
                totalBytes,
                hydratedBytes,
                copiedBytes,
                skippedBytes,
                remainingBytes,
                bytesPerSecond,
                estimatedCompletionTime,
                startTime,
                readyTime,
                completionTime,
                reason,
                message,
                summary,
                conditions,
                null,
                null,
                null);
    }

    /** 0 where nothing was. */
    public long reused() {
        return reusedBytes == null ? 0 : reusedBytes;
    }
}
