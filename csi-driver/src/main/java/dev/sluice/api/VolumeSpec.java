package dev.sluice.api;

import dev.sluice.names.Names;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a volume should be. Only the controller writes it.
 *
 * @param requestName the CSI request's name, of which the volume's id is a hash
 * @param sizeBytes bytes, a multiple of 4 MiB
 * @param fsType ext4, xfs or btrfs; null for block volumes
 * @param home the node that holds the authoritative copy
 * @param target the node a move goes to, until the home has given the volume up; null when no move is under way
 * @param epoch grows by one at each change of home; the first is 1
 * @param origin null for a volume that starts empty
 * @param encryption null for a volume that is not encrypted
 * @param state ABSENT is the one order to remove the data; it is obeyed only for the LV UUID in status.allocated
 * @param mkfsOptions words for mkfs, flag and value in turn; null for none
 * @param recovery orders to go on without the home's copy, and what came of them; null for most volumes
 */
public record VolumeSpec(
        @Required String requestName,
        @Required @Min(1) long sizeBytes,
        @Required String pool,
        @Required VolumeMode mode,
        @Nullable String fsType,
        @Required Placement placement,
        @Required String home,
        @Nullable String target,
        @Required @Min(1) long epoch,
        @Nullable Origin origin,
        @Nullable ClaimReference claim,
        @Required HydrationSettings hydration,
        @Required DesiredState state,
        @Nullable List<String> mkfsOptions,
        @Nullable Encryption encryption,
        @Nullable VolumeRecovery recovery) {

    /** Of which nothing was given up. */
    public VolumeSpec(
            String requestName,
            long sizeBytes,
            String pool,
            VolumeMode mode,
            @Nullable String fsType,
            Placement placement,
            String home,
            @Nullable String target,
            long epoch,
            @Nullable Origin origin,
            @Nullable ClaimReference claim,
            HydrationSettings hydration,
            DesiredState state,
            @Nullable List<String> mkfsOptions,
            @Nullable Encryption encryption) {
        this(
                requestName,
                sizeBytes,
                pool,
                mode,
                fsType,
                placement,
                home,
                target,
                epoch,
                origin,
                claim,
                hydration,
                state,
                mkfsOptions,
                encryption,
                null);
    }

    /** Without options for mkfs, and not encrypted. */
    public VolumeSpec(
            String requestName,
            long sizeBytes,
            String pool,
            VolumeMode mode,
            @Nullable String fsType,
            Placement placement,
            String home,
            @Nullable String target,
            long epoch,
            @Nullable Origin origin,
            @Nullable ClaimReference claim,
            HydrationSettings hydration,
            DesiredState state) {
        this(
                requestName,
                sizeBytes,
                pool,
                mode,
                fsType,
                placement,
                home,
                target,
                epoch,
                origin,
                claim,
                hydration,
                state,
                null,
                null);
    }

    /** Bytes the device on the node has for so many that a pod sees: an encrypted volume begins with its header. */
    public long deviceBytes(long usableBytes) {
        return encryption == null ? usableBytes : usableBytes + Encryption.HEADER_BYTES;
    }

    /** The reverse: what a pod sees of a device. */
    public long usableBytes(long deviceBytes) {
        return encryption == null ? deviceBytes : deviceBytes - Encryption.HEADER_BYTES;
    }

    /** Whether the volume of this id only brings a snapshot to its home: nobody asked for it, and no pod uses it. */
    public boolean isSnapshotCopy(String id) {
        return origin != null
                && origin.kind() == OriginKind.SNAPSHOT
                && id.equals(Names.snapshotCopy(origin.name(), home));
    }

    /** True when the bytes come from another node, over the wire. */
    public boolean originIsRemote() {
        return origin != null && !origin.node().equals(home);
    }

    /** What the engine copies from while the volume hydrates; null when every byte is there from the start. */
    public @Nullable Feed feed() {
        if (origin == null) {
            return null;
        }
        if (!originIsRemote()) {
            return origin.feed();
        }
        String served = origin.snapshot() == null ? origin.name() : origin.snapshot();
        return new Feed(origin.node(), served, origin.sizeBytes());
    }

    public VolumeSpec withState(DesiredState newState) {
        return with(sizeBytes, hydration, newState, target);
    }

    public VolumeSpec withHydration(HydrationSettings settings) {
        return with(sizeBytes, settings, state, target);
    }

    public VolumeSpec withSize(long bytes) {
        return with(bytes, hydration, state, target);
    }

    /** @param node null when no move is under way */
    public VolumeSpec withTarget(@Nullable String node) {
        return with(sizeBytes, hydration, state, node);
    }

    /**
     * At home on the target of its move, one epoch further.
     *
     * @param from where its bytes are now; null when it has none yet
     */
    public VolumeSpec moved(@Nullable Origin from) {
        return at(Objects.requireNonNull(target, "a volume moves to its target"), epoch + 1, null, from, recovery);
    }

    public VolumeSpec withRecovery(VolumeRecovery newRecovery) {
        return at(home, epoch, target, origin, newRecovery);
    }

    /** At another home and epoch by order, not by a move. */
    public VolumeSpec recovered(
            String newHome,
            long newEpoch,
            @Nullable String newTarget,
            @Nullable Origin from,
            VolumeRecovery newRecovery) {
        return at(newHome, newEpoch, newTarget, from, newRecovery);
    }

    private VolumeSpec at(
            String newHome,
            long newEpoch,
            @Nullable String newTarget,
            @Nullable Origin from,
            @Nullable VolumeRecovery newRecovery) {
        return new VolumeSpec(
                requestName,
                sizeBytes,
                pool,
                mode,
                fsType,
                placement,
                newHome,
                newTarget,
                newEpoch,
                from,
                claim,
                hydration,
                state,
                mkfsOptions,
                encryption,
                newRecovery);
    }

    private VolumeSpec with(long bytes, HydrationSettings settings, DesiredState newState, @Nullable String newTarget) {
        return new VolumeSpec(
                requestName,
                bytes,
                pool,
                mode,
                fsType,
                placement,
                home,
                newTarget,
                epoch,
                origin,
                claim,
                settings,
                newState,
                mkfsOptions,
                encryption,
                recovery);
    }
}
