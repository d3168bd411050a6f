package dev.sluice.api;

import io.fabric8.generator.annotation.Required;

/**
 * An origin to be served to one node.
 *
 * @param source id of the snapshot, or for a move of the volume, that is served
 * @param originNode serves it
 * @param clientNode the only node that may log in
 * @param volume id of the volume that is fed
 * @param epoch epoch of that volume
 */
public record ExportSpec(
        @Required String source,
        @Required String originNode,
        @Required String clientNode,
        @Required String volume,
        @Required long epoch,
        @Required DesiredState state) {
    public ExportSpec withState(DesiredState newState) {
        return new ExportSpec(source, originNode, clientNode, volume, epoch, newState);
    }
}
