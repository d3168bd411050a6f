package dev.sluice.node.api;

import dev.sluice.api.Allocation;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeStatus;
import dev.sluice.error.SluiceException;
import org.jspecify.annotations.Nullable;

/** What a failure makes of a volume's status: what is known of its storage is never forgotten. */
final class VolumeFailures {
    private VolumeFailures() {}

    static VolumeStatus status(long epoch, @Nullable VolumeStatus known, SluiceException failure) {
        Allocation allocated = known == null ? null : known.allocated();
        return new VolumeStatus(
                epoch,
                phase(known, allocated, failure),
                allocated,
                known != null && known.hydrated(),
                known == null ? null : known.sizeBytes(),
                StatusReasons.of(failure.kind()),
                failure.getMessage(),
                null);
    }

    private static VolumePhase phase(
            @Nullable VolumeStatus known, @Nullable Allocation allocated, SluiceException failure) {
        VolumePhase waiting = allocated == null ? VolumePhase.PENDING : VolumePhase.ALLOCATED;
        return switch (failure.kind()) {
            case NO_SPACE -> allocated == null ? VolumePhase.FAILED : VolumePhase.ALLOCATED;
            case UNAVAILABLE, NOT_FOUND, BUSY, STILL_WORKING -> waiting;
            case IN_USE -> known == null ? waiting : known.phase();
            case HOST, DATA_LOSS, OUTDATED, INVALID, ALREADY_EXISTS, OUT_OF_RANGE, UNSUPPORTED -> VolumePhase.FAILED;
        };
    }
}
