package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far a hydration is. */
public enum HydrationPhase {
    /** The device is being stacked. */
    @JsonProperty("Preparing")
    PREPARING,
    @JsonProperty("Hydrating")
    HYDRATING,
    @JsonProperty("Paused")
    PAUSED,
    /** It should advance and does not; the reason says why. */
    @JsonProperty("Stalled")
    STALLED,
    @JsonProperty("SourceLost")
    SOURCE_LOST,
    /** Everything has arrived; the stack is being swapped for a linear one. */
    @JsonProperty("Finalizing")
    FINALIZING,
    @JsonProperty("Hydrated")
    HYDRATED,
    @JsonProperty("Failed")
    FAILED
}
