package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a node may use the volume. */
public enum AttachmentState {
    @JsonProperty("Waiting")
    WAITING,
    @JsonProperty("Granted")
    GRANTED
}
