package dev.sluice.api;

import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/**
 * The PVC a volume was made for, beside which its progress is told; without one, the driver's namespace and the volume's id.
 *
 * @param persistentVolume name of the PV, from which the PVC's uid is learnt once they are bound; null where there is no PVC
 */
public record ClaimReference(
        @Required String namespace,
        @Required String name,
        @Nullable String persistentVolume) {}
