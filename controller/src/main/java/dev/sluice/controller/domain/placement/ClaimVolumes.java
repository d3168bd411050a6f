package dev.sluice.controller.domain.placement;

import java.util.Optional;

/** What is behind a PVC. */
public interface ClaimVolumes {
    /** The id of our volume that this PVC is bound to; empty when it is not there, not bound yet, or not ours. */
    Optional<String> findVolume(String namespace, String claim);
}
