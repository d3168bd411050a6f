package dev.sluice.node.stack;

import dev.sluice.api.Allocation;
import dev.sluice.api.VolumeSpec;
import dev.sluice.node.host.IscsiLogin;
import org.jspecify.annotations.Nullable;

/**
 * A volume this node is home of, and all that is known about it.
 *
 * @param allocated what status.allocated says; null only for a volume that was never allocated
 * @param source how to reach a remote origin; null when there is none, or when its export is not ready yet
 */
public record VolumeOrder(
        String id,
        VolumeSpec spec,
        @Nullable Allocation allocated,
        @Nullable IscsiLogin source) {}
