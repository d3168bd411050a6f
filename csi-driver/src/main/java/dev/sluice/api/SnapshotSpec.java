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
 */
public record SnapshotSpec(
        @Required String requestName,
        @Required String sourceVolume,
        @Required String node,
        @Required String pool,
        @Required boolean internal,
        @Nullable String forVolume,
        @Required DesiredState state) {
    public SnapshotSpec withState(DesiredState newState) {
        return new SnapshotSpec(requestName, sourceVolume, node, pool, internal, forVolume, newState);
    }
}
