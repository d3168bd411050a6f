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
 * @param digests the hashes of the origin, when they were ordered; null when not
 */
public record VolumeOrder(
        String id,
        VolumeSpec spec,
        @Nullable Allocation allocated,
        @Nullable IscsiLogin source,
        @Nullable Digests digests) {
    /** Of a volume of which nothing older is here. */
    public VolumeOrder(String id, VolumeSpec spec, @Nullable Allocation allocated, @Nullable IscsiLogin source) {
        this(id, spec, allocated, source, null);
    }

    /**
     * Hashes of what feeds the volume.
     *
     * @param exportUid which export they are of
     * @param login how to reach them; null while they are being made
     */
    public record Digests(String exportUid, @Nullable IscsiLogin login) {}
}
