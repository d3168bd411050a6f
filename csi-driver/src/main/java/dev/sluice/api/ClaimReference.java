package dev.sluice.api;

import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/**
 * The PVC a volume was made for; absent when the request came from elsewhere.
 *
 * @param persistentVolume name of the PV, from which the PVC's uid is learnt once they are bound
 */
public record ClaimReference(
        @Required String namespace,
        @Required String name,
        @Nullable String persistentVolume) {}
