package dev.sluice.controller.domain.placement;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A pod that waits for a volume.
 *
 * @param controller the kind of what would make a successor; null when nothing would
 */
public record StrandedPod(
        String name, String uid, Instant created, @Nullable String controller, PodShape shape) {}
