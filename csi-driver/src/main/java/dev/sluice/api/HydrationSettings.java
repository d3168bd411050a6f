package dev.sluice.api;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a volume is to be hydrated.
 *
 * @param paused background copying is held; what the pod itself touches still moves
 * @param maxBytesPerSecond bytes a second of background copying; null means no limit
 * @param priority higher is served first among volumes that share a budget; 0 by default
 * @param regionBytes bytes of a region; null means chosen by rule from size and thin chunk
 * @param minBytesPerSecond bytes a second that background copying does not fall below while a pod keeps I/O in flight; null means a
 *     part of what was measured
 * @param retainOriginSeconds after a move: how long the copy that was left is kept once the volume is hydrated; null means not at all
 * @param latencyBudget by how many per cent a pod's I/O may become slower through background copying; null means the default
 * @param hydrationBatchSize regions of one copy job; null means chosen by rule from the region
 * @param hydrationThreshold regions in flight at most; null means chosen by rule from the region
 */
public record HydrationSettings(
        boolean paused,
        @Nullable @Min(1) Long maxBytesPerSecond,
        int priority,
        @Nullable Long regionBytes,
        @Nullable @Min(1) Long minBytesPerSecond,
        @Nullable @Min(0) Long retainOriginSeconds,
        @Nullable @Min(1) @Max(1000) Integer latencyBudget,
        @Nullable @Min(1) Integer hydrationBatchSize,
        @Nullable @Min(1) Integer hydrationThreshold) {
    public static final HydrationSettings DEFAULT = new HydrationSettings(false, null, 0, null);
    public static final int DEFAULT_LATENCY_BUDGET = 25;

    /** Without a floor. */
    public HydrationSettings(
            boolean paused, @Nullable Long maxBytesPerSecond, int priority, @Nullable Long regionBytes) {
        this(paused, maxBytesPerSecond, priority, regionBytes, null);
    }

    /** Nothing is retained, and the rest is left to the rules. */
    public HydrationSettings(
            boolean paused,
            @Nullable Long maxBytesPerSecond,
            int priority,
            @Nullable Long regionBytes,
            @Nullable Long minBytesPerSecond) {
        this(paused, maxBytesPerSecond, priority, regionBytes, minBytesPerSecond, null, null, null, null);
    }

    /** @param most bytes a second of background copying; null for no limit */
    public HydrationSettings limitedTo(@Nullable Long most) {
        return Objects.equals(most, maxBytesPerSecond) ? this : steered(paused, most, priority);
    }

    /** As a user asks for on the CloneHydration. */
    public HydrationSettings steered(boolean hold, @Nullable Long most, int rank) {
        return new HydrationSettings(
                hold,
                most,
                rank,
                regionBytes,
                minBytesPerSecond,
                retainOriginSeconds,
                latencyBudget,
                hydrationBatchSize,
                hydrationThreshold);
    }

    public HydrationSettings retaining(long seconds) {
        return new HydrationSettings(
                paused,
                maxBytesPerSecond,
                priority,
                regionBytes,
                minBytesPerSecond,
                seconds,
                latencyBudget,
                hydrationBatchSize,
                hydrationThreshold);
    }

    /** @param least bytes a second that background copying does not fall below */
    public HydrationSettings within(@Nullable Long least, @Nullable Integer budget) {
        return new HydrationSettings(
                paused,
                maxBytesPerSecond,
                priority,
                regionBytes,
                least,
                retainOriginSeconds,
                budget,
                hydrationBatchSize,
                hydrationThreshold);
    }

    /** @param inFlight regions */
    public HydrationSettings copying(@Nullable Integer batch, @Nullable Integer inFlight) {
        return new HydrationSettings(
                paused,
                maxBytesPerSecond,
                priority,
                regionBytes,
                minBytesPerSecond,
                retainOriginSeconds,
                latencyBudget,
                batch,
                inFlight);
    }
}
