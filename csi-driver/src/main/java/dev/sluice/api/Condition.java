package dev.sluice.api;

import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/**
 * One observed aspect of an object, in the form Kubernetes tools wait for.
 *
 * @param status True, False or Unknown
 * @param lastTransitionTime RFC 3339, when status last changed
 */
public record Condition(
        @Required String type,
        @Required String status,
        @Required String reason,
        @Required String message,
        @Required String lastTransitionTime,
        @Nullable Long observedGeneration) {
    /** On a StorageNode: encrypted volumes can be placed there. */
    public static final String ENCRYPTION = "Encryption";

    /** On a StorageNode, and only while it is evacuated: nothing is left there. The controller's; all others there are the node's. */
    public static final String EVACUATED = "Evacuated";
}
