package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far a snapshot or an export is on its node. */
public enum ServedPhase {
    @JsonProperty("Pending")
    PENDING,
    @JsonProperty("Ready")
    READY,
    @JsonProperty("Failed")
    FAILED,
    /** By order: nothing of it is left on the node. */
    @JsonProperty("Removed")
    REMOVED
}
