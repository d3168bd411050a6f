package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Why a copy is waited for, the most urgent first: who goes first among copies of one priority. */
public enum Urgency {
    /** A pod has the volume: what it reads and is not there yet comes over the wire. */
    @JsonProperty("InUse")
    IN_USE,
    /** The node it is read from is being emptied. */
    @JsonProperty("Evacuation")
    EVACUATION,
    @JsonProperty("Idle")
    IDLE
}
