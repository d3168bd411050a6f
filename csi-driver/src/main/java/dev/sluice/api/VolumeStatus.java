package dev.sluice.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the home node says of a volume.
 *
 * @param epoch the epoch this status speaks of; for another epoch than the spec's it says nothing
 * @param allocated written once, when the logical volume exists
 * @param hydrated no byte of the origin is needed any more: the origin may be released
 * @param sizeBytes bytes of the device a pod sees
 */
public record VolumeStatus(
        long epoch,
        VolumePhase phase,
        @Nullable Allocation allocated,
        boolean hydrated,
        @Nullable Long sizeBytes,
        @Nullable String reason,
        @Nullable String message,
        @Nullable List<Condition> conditions) {

    /** The reason of a home that finds the volume's storage gone, or what it was to be made from. */
    public static final String ORIGIN_UNAVAILABLE = "OriginUnavailable";
}
