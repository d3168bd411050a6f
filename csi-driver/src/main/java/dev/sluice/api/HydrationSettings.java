package dev.sluice.api;

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
 */
public record HydrationSettings(
        boolean paused,
        @Nullable @Min(1) Long maxBytesPerSecond,
        int priority,
        @Nullable Long regionBytes,
        @Nullable @Min(1) Long minBytesPerSecond,
        @Nullable @Min(0) Long retainOriginSeconds) {
    public static final HydrationSettings DEFAULT = new HydrationSettings(false, null, 0, null);

    /** Without a floor. */
    public HydrationSettings(
            boolean paused, @Nullable Long maxBytesPerSecond, int priority, @Nullable Long regionBytes) {
        this(paused, maxBytesPerSecond, priority, regionBytes, null, null);
    }

    /** Nothing is retained. */
    public HydrationSettings(
            boolean paused,
            @Nullable Long maxBytesPerSecond,
            int priority,
            @Nullable Long regionBytes,
            @Nullable Long minBytesPerSecond) {
        this(paused, maxBytesPerSecond, priority, regionBytes, minBytesPerSecond, null);
    }

    /** @param most bytes a second of background copying; null for no limit */
    public HydrationSettings limitedTo(@Nullable Long most) {
        return Objects.equals(most, maxBytesPerSecond)
                ? this
                : new HydrationSettings(paused, most, priority, regionBytes, minBytesPerSecond, retainOriginSeconds);
    }

    public HydrationSettings retaining(long seconds) {
        return new HydrationSettings(paused, maxBytesPerSecond, priority, regionBytes, minBytesPerSecond, seconds);
    }
}
