package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a volume may be used on any node of its pool, or only where it was made. */
public enum Placement {
    @JsonProperty("Follow")
    FOLLOW,
    @JsonProperty("Pinned")
    PINNED
}
