package dev.sluice.api;

import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/**
 * A copy that was given up by order. Its node closes it for good as soon as it can, and keeps it.
 *
 * @param epoch of the copy
 * @param closedFor the epoch of the volume that goes on without it
 * @param remove the order to remove it: the LV UUID it has; absent while it is kept
 */
public record LostCopy(
        @Required String node,
        @Required long epoch,
        @Required long closedFor,
        @Nullable String remove) {
    public String name() {
        return node + "@" + epoch;
    }

    /** @param lvUuid null when the node does not tell it */
    public LostCopy removed(@Nullable String lvUuid) {
        return new LostCopy(node, epoch, closedFor, lvUuid);
    }
}
