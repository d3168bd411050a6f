package dev.sluice.api;

import dev.sluice.names.Names;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/**
 * An origin to be served to one node. For a move it is also the order to give the volume up, and later the order to remove the old copy.
 *
 * @param source id of the snapshot, or for a move of the volume, that is served
 * @param originNode serves it
 * @param clientNode the only node that may log in
 * @param volume id of the volume that is fed
 * @param epoch epoch of that volume
 * @param release LV UUID of the copy that was given up and may be removed now; only with state ABSENT, null while it must be kept
 * @param retainUntil of a copy that nobody reads any more: until when it is kept all the same; null while it is needed
 * @param digests true when the client node has an older copy of the volume: hashes of what is served are offered too
 * @param turn which copies go first; null when nothing was decided about it
 */
public record ExportSpec(
        @Required String source,
        @Required String originNode,
        @Required String clientNode,
        @Required String volume,
        @Required long epoch,
        @Required DesiredState state,
        @Nullable String release,
        @Nullable String retainUntil,
        @Nullable Boolean digests,
        @Nullable CopyTurn turn) {
    /** Of which no turn is known. */
    public ExportSpec(
            String source,
            String originNode,
            String clientNode,
            String volume,
            long epoch,
            DesiredState state,
            @Nullable String release,
            @Nullable String retainUntil,
            @Nullable Boolean digests) {
        this(source, originNode, clientNode, volume, epoch, state, release, retainUntil, digests, null);
    }

    /** Of a snapshot: nothing is released with it. */
    public ExportSpec(
            String source, String originNode, String clientNode, String volume, long epoch, DesiredState state) {
        this(source, originNode, clientNode, volume, epoch, state, null, null, null);
    }

    /** A move: the origin is the volume itself, on the home it leaves. */
    public boolean sourceIsVolume() {
        return Names.isVolumeId(source);
    }

    public ExportSpec withState(DesiredState newState) {
        return new ExportSpec(
                source, originNode, clientNode, volume, epoch, newState, null, retainUntil, digests, turn);
    }

    /** Of a copy that nobody reads any more. */
    public boolean onlyRetained() {
        return retainUntil != null;
    }

    /** Nobody reads the copy that was given up any more. */
    public ExportSpec retained(String until) {
        return new ExportSpec(source, originNode, clientNode, volume, epoch, state, release, until, digests, turn);
    }

    /** What is served is to be listed by hashes too. */
    public ExportSpec withDigests() {
        return new ExportSpec(source, originNode, clientNode, volume, epoch, state, release, retainUntil, true, turn);
    }

    /** @param newTurn null when nothing is decided about it */
    public ExportSpec withTurn(@Nullable CopyTurn newTurn) {
        return new ExportSpec(
                source, originNode, clientNode, volume, epoch, state, release, retainUntil, digests, newTurn);
    }

    /** The order to stop, and to remove the copy of this LV UUID; null when nothing was given up. */
    public ExportSpec released(@Nullable String lvUuid) {
        return new ExportSpec(
                source, originNode, clientNode, volume, epoch, DesiredState.ABSENT, lvUuid, retainUntil, digests, turn);
    }
}
