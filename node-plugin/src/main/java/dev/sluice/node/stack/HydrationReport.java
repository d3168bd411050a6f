package dev.sluice.node.stack;

import dev.sluice.api.CopyAllowance;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.RegionErrors;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One look at a hydration. hydrated = copied + skipped + reused; all in bytes.
 *
 * @param bytesPerSecond over the last seconds, null when none is known
 * @param engine dm-clone or thin-snapshot
 * @param readyTime when the device could first be used
 * @param completionTime when the stack had become linear
 * @param allowance what copying may have at present; null for no limit
 * @param regionErrors what the origin cannot read, when nothing else is missing
 * @param writesLost when writes that no fsync had confirmed were given up, the origin being away
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
        @Nullable String message,
        @Nullable CopyAllowance allowance,
        @Nullable RegionErrors regionErrors,
        @Nullable Instant writesLost) {
    /** Without a limit, errors and losses. */
    public HydrationReport(
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
        this(
                volume,
                epoch,
                phase,
                engine,
                totalBytes,
                hydratedBytes,
                copiedBytes,
                skippedBytes,
                reusedBytes,
                bytesPerSecond,
                estimatedCompletion,
                startTime,
                readyTime,
                completionTime,
                reason,
                message,
                null,
                null,
                null);
    }

    /** With what else is known of it. */
    HydrationReport with(@Nullable CopyAllowance limit, @Nullable RegionErrors errors, @Nullable Instant writesLostAt) {
        if (Objects.equals(limit, allowance)
                && Objects.equals(errors, regionErrors)
                && Objects.equals(writesLostAt, writesLost)) {
            return this;
        }
        return new HydrationReport(
                volume,
                epoch,
                phase,
                engine,
                totalBytes,
                hydratedBytes,
                copiedBytes,
                skippedBytes,
                reusedBytes,
                bytesPerSecond,
                estimatedCompletion,
                startTime,
                readyTime,
                completionTime,
                reason,
                message,
                limit,
                errors,
                writesLostAt);
    }

    /** Whether nothing comes from the origin, and it is not its disk that fails. */
    public boolean originAway() {
        return phase == HydrationPhase.SOURCE_LOST || "SourceUnreachable".equals(reason);
    }

    public long remainingBytes() {
        return totalBytes - hydratedBytes;
    }
}
