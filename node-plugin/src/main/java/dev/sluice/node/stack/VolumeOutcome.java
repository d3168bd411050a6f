package dev.sluice.node.stack;

import dev.sluice.api.Allocation;
import dev.sluice.api.VolumePhase;
import org.jspecify.annotations.Nullable;

/**
 * How far bringing a volume up came.
 *
 * @param phase ALLOCATED while the origin's export is awaited, READY when the device can be used
 * @param hydrated nothing of the origin is needed any more
 * @param sizeBytes bytes of the device a pod sees
 * @param reason CamelCase
 */
public record VolumeOutcome(
        VolumePhase phase,
        @Nullable Allocation allocated,
        boolean hydrated,
        long sizeBytes,
        @Nullable String reason,
        @Nullable String message) {
    /** The reason when there is nothing to tell. */
    public static final String READY = "Ready";
}
