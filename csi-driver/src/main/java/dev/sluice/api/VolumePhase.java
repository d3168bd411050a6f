package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far a volume is on its home. */
public enum VolumePhase {
    @JsonProperty("Pending")
    PENDING,
    /** The logical volume exists; the device is being stacked. */
    @JsonProperty("Allocated")
    ALLOCATED,
    /** The device can be used; it may still be hydrating. */
    @JsonProperty("Ready")
    READY,
    /** It cannot be used: reason and message say why and what to do. */
    @JsonProperty("Failed")
    FAILED,
    /** By order: nothing of it is left on the node. */
    @JsonProperty("Removed")
    REMOVED
}
