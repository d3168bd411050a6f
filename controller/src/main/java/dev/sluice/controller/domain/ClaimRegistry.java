package dev.sluice.controller.domain;

import dev.sluice.api.ClaimReference;
import java.util.Optional;

/** The PVCs that volumes were made for. */
public interface ClaimRegistry {
    /** The uid of the PVC, when it is the one that this reference's PV belongs to and not a later one of the same name. */
    Optional<String> findUid(ClaimReference claim);

    /** Makes a CloneHydration go when its PVC goes. */
    void own(String hydrationKey, ClaimReference claim, String claimUid);
}
