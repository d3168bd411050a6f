package dev.sluice.node.mount;

import dev.sluice.api.VolumeMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a pod wants to use a volume.
 *
 * @param fsType null when any will do, and for block volumes
 * @param mountOptions as in mount -o, all of them allowed ones
 * @param readOnly nobody on the node writes
 * @param exclusive at one target path at a time (SINGLE_NODE_SINGLE_WRITER)
 */
public record Access(
        VolumeMode mode, @Nullable String fsType, List<String> mountOptions, boolean readOnly, boolean exclusive) {
    /** The same, and read-only when asked for. */
    public Access restrictedTo(boolean wantedReadOnly) {
        return new Access(mode, fsType, mountOptions, readOnly || wantedReadOnly, exclusive);
    }
}
