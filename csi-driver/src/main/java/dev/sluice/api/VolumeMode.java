package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a pod sees a volume. */
public enum VolumeMode {
    @JsonProperty("Filesystem")
    FILESYSTEM,
    @JsonProperty("Block")
    BLOCK
}
