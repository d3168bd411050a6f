package dev.sluice.api;

import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot to be taken and kept.
 *
 * @param requestName the CSI request's name; for an internal snapshot the clone's id
 * @param sourceVolume id of the volume it is a point in time of
 * @param node the node that has it; the plugin there acts on it
 * @param internal made for one clone and released with it; hidden from ListSnapshots
 * @param forVolume the clone an internal snapshot serves
 * @param feed what the source was still hydrating from when the snapshot was asked for; absent when the source is whole
 * @param maxBytesPerSecond of copying from the feed; absent means no limit
 * @param mode of the volume it was taken of; null in an object that an older version wrote
 * @param fsType of the volume it was taken of; null for block volumes too
 * @param encryption of the volume it was taken of; null when that is not encrypted
 * @param group the group snapshot it is a member of: all members are taken at one instant and deleted together
 */
public record SnapshotSpec(
        @Required String requestName,
        @Required String sourceVolume,
        @Required String node,
        @Required String pool,
        @Required boolean internal,
        @Nullable String forVolume,
        @Required DesiredState state,
        @Nullable Feed feed,
        @Nullable Long maxBytesPerSecond,
        @Nullable VolumeMode mode,
        @Nullable String fsType,
        @Nullable Encryption encryption,
        @Nullable SnapshotGroup group) {
    /** A snapshot of a whole volume, of which only the place is known. */
    public SnapshotSpec(
            String requestName,
            String sourceVolume,
            String node,
            String pool,
            boolean internal,
            @Nullable String forVolume,
            DesiredState state) {
        this(requestName, sourceVolume, node, pool, internal, forVolume, state, null, null, null, null, null, null);
    }

    public SnapshotSpec withState(DesiredState newState) {
        return new SnapshotSpec(
                requestName,
                sourceVolume,
                node,
                pool,
                internal,
                forVolume,
                newState,
                feed,
                maxBytesPerSecond,
                mode,
                fsType,
                encryption,
                group);
    }
}
