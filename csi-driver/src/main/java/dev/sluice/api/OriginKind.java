package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where the bytes of a volume come from. */
public enum OriginKind {
    /** Another volume, frozen by an internal snapshot. */
    @JsonProperty("Volume")
    VOLUME,
    /** A snapshot a user took. */
    @JsonProperty("Snapshot")
    SNAPSHOT,
    /** The same volume on its previous home. */
    @JsonProperty("Node")
    NODE
}
