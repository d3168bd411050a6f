package dev.sluice.node.stack;

import dev.sluice.api.HydrationPhase;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One look at a hydration. hydrated = copied + skipped + reused; all in bytes.
 *
 * @param bytesPerSecond over the last seconds, null when none is known
 * @param engine dm-clone or thin-snapshot
 * @param readyTime when the device could first be used
 * @param completionTime when the stack had become linear
 */
public record HydrationReport(
        String volume,
        long epoch,
        HydrationPhase phase,
        String engine,
        long totalBytes,
        long hydratedBytes,
        long copiedBytes,
        long skippedBytes,
        long reusedBytes,
        @Nullable Long bytesPerSecond,
        @Nullable Instant estimatedCompletion,
        @Nullable Instant startTime,
        @Nullable Instant readyTime,
        @Nullable Instant completionTime,
        @Nullable String reason,
        @Nullable String message) {
    public long remainingBytes() {
        return totalBytes - hydratedBytes;
    }
}
