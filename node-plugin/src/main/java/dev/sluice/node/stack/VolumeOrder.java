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
 * @param usedMap what of the origin was ever used, as far as that is told; null when nobody is to tell it
 */
public record VolumeOrder(
        String id,
        VolumeSpec spec,
        @Nullable Allocation allocated,
        @Nullable IscsiLogin source,
        @Nullable Digests digests,
        @Nullable UsedMapOffer usedMap) {
    /** Of a volume of which nobody tells what of its origin is used. */
    public VolumeOrder(
            String id,
            VolumeSpec spec,
            @Nullable Allocation allocated,
            @Nullable IscsiLogin source,
            @Nullable Digests digests) {
        this(id, spec, allocated, source, digests, null);
    }

    /** Of a volume of which nothing older is here. */
    public VolumeOrder(String id, VolumeSpec spec, @Nullable Allocation allocated, @Nullable IscsiLogin source) {
        this(id, spec, allocated, source, null, null);
    }

    /**
     * Hashes of what feeds the volume.
     *
     * @param exportUid which export they are of
     * @param login how to reach them; null while they are being made
     */
    public record Digests(String exportUid, @Nullable IscsiLogin login) {}

    /**
     * What the origin's node tells of what was ever used.
     *
     * @param exportUid the export that feeds the volume
     * @param bytes that it serves
     * @param map as {@link UsedMap} prints it, or NONE; null while it is being made
     */
    public record UsedMapOffer(
            String exportUid, long bytes, @Nullable String map) {
        /** In place of a map: it is not known what is used, and all of it is to be copied. */
        public static final String NONE = "none";

        boolean isNone() {
            return NONE.equals(map);
        }
    }
}
