package dev.sluice.node.clone;

import dev.sluice.api.Allocation;
import dev.sluice.api.VolumeMode;
import dev.sluice.names.Names;
import dev.sluice.node.host.IscsiLogin;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A volume as it should be on its home.
 *
 * @param sizeBytes bytes of the device a pod sees, at least: it may have been larger before
 * @param fsType the file system an empty volume gets; null for block volumes
 * @param mkfsOptions words for mkfs
 * @param localOrigin the logical volume of this node that is shared; null when none
 * @param remoteBytes bytes that come from another node; 0 when none
 * @param olderCopy an older copy of the volume on this node, from which one that is made now begins; null when none
 * @param geometry the engine's sizes, for a volume that is allocated now
 * @param allocated what was written down at allocation; null when never allocated
 * @param queues whether what the origin does not answer waits until it does
 * @param login how to reach the remote origin; null when its export is not ready
 * @param encrypted its content begins with a LUKS2 header, which is written when it is first staged: only then is there a key
 */
public record Wanted(
        String id,
        long epoch,
        String volumeGroup,
        String thinPool,
        long sizeBytes,
        VolumeMode mode,
        @Nullable String fsType,
        List<String> mkfsOptions,
        @Nullable String localOrigin,
        long remoteBytes,
        @Nullable String olderCopy,
        HydrationGeometry geometry,
        @Nullable Allocation allocated,
        boolean queues,
        @Nullable IscsiLogin login,
        boolean encrypted) {
    /** A copy that was given up: only what it is read through is wanted, and nothing in the middle of a chain holds back what fails. */
    public static Wanted closed(String id, long epoch, String volumeGroup, @Nullable IscsiLogin login) {
        return new Wanted(
                id,
                epoch,
                volumeGroup,
                "",
                0,
                VolumeMode.BLOCK,
                null,
                List.of(),
                null,
                0,
                null,
                new HydrationGeometry(0, 0, 0),
                null,
                false,
                login,
                false);
    }

    /** Name of the logical volume. */
    public String copy() {
        return Names.copy(id, epoch);
    }

    public boolean remote() {
        return remoteBytes > 0;
    }
}
