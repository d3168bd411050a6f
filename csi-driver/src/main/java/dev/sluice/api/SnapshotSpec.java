package dev.sluice.api;

import io.fabric8.generator.annotation.Required;
import java.util.Objects;
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
 * @param target the node it is being copied to, which becomes its home when the copy is whole; null when it stays
 * @param move how it came to its node; null where it was taken there
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
        @Nullable SnapshotGroup group,
        @Nullable String target,
        @Nullable SnapshotMove move) {
    /** A snapshot that stays where it is taken. */
    public SnapshotSpec(
            String requestName,
            String sourceVolume,
            String node,
            String pool,
            boolean internal,
            @Nullable String forVolume,
            DesiredState state,
            @Nullable Feed feed,
            @Nullable Long maxBytesPerSecond,
            @Nullable VolumeMode mode,
            @Nullable String fsType,
            @Nullable Encryption encryption,
            @Nullable SnapshotGroup group) {
        this(
                requestName,
                sourceVolume,
                node,
                pool,
                internal,
                forVolume,
                state,
                feed,
                maxBytesPerSecond,
                mode,
                fsType,
                encryption,
                group,
                null,
                null);
    }

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
        return with(node, newState, feed, target, move);
    }

    /** @param newTarget null when it stays */
    public SnapshotSpec withTarget(@Nullable String newTarget) {
        return with(node, state, feed, newTarget, move);
    }

    public SnapshotSpec withMove(SnapshotMove newMove) {
        return with(node, state, feed, target, newMove);
    }

    /** At home on its target. It is whole, so it needs nothing of where its source came from. */
    public SnapshotSpec moved(SnapshotMove newMove) {
        return with(Objects.requireNonNull(target, "a snapshot moves to its target"), state, null, null, newMove);
    }

    /** Nothing of a move is under way. */
    public boolean settled() {
        return target == null && (move == null || move.left() == null);
    }

    /** Grows by one at each change of its home. */
    public long epoch() {
        return move == null ? 1 : move.epoch();
    }

    /** Whether a status still tells of the node it was on before: the new one has not taken it over yet. */
    public boolean isOfFormerHome(@Nullable SnapshotStatus status) {
        SnapshotMove.Left left = move == null ? null : move.left();
        return left != null && status != null && left.lvUuid().equals(status.lvUuid());
    }

    private SnapshotSpec with(
            String newNode,
            DesiredState newState,
            @Nullable Feed newFeed,
            @Nullable String newTarget,
            @Nullable SnapshotMove newMove) {
        return new SnapshotSpec(
                requestName,
                sourceVolume,
                newNode,
                pool,
                internal,
                forVolume,
                newState,
                newFeed,
                maxBytesPerSecond,
                mode,
                fsType,
                encryption,
                group,
                newTarget,
                newMove);
    }
}
