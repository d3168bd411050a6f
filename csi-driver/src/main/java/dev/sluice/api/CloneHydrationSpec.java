package dev.sluice.api;

import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/**
 * Which volume's hydration this is, and what a user may ask of it: paused, maxBytesPerSecond and priority are the user's, the rest
 * is the controller's.
 *
 * @param volume id of the volume
 * @param volumeUid uid of the Volume object; another uid is another hydration
 * @param node where the volume hydrates
 * @param maxBytesPerSecond bytes a second of background copying; null means no limit
 */
public record CloneHydrationSpec(
        @Required String volume,
        @Required String volumeUid,
        @Required long epoch,
        @Required String node,
        boolean paused,
        @Nullable @Min(1) Long maxBytesPerSecond,
        int priority) {}
