package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What the controller wants of an object that stands for data or a kernel object on a node. Removal is an order of its own, never
 * a deletion timestamp: deleting a custom resource definition or a namespace must not delete data.
 */
public enum DesiredState {
    @JsonProperty("Present")
    PRESENT,
    @JsonProperty("Absent")
    ABSENT
}
