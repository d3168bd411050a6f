package dev.sluice.node.mount;

import dev.sluice.api.VolumeMode;
import dev.sluice.node.stack.VolumeContent;
import org.jspecify.annotations.Nullable;

/**
 * A volume whose device can be used on this node.
 *
 * @param grownClone it is larger than the origin it was cloned from, and so than the file system in it
 */
public record ReadyVolume(String id, VolumeMode mode, VolumeContent content, boolean grownClone) {
    /** Null for a block volume. */
    public @Nullable String fsType() {
        return content.fsType();
    }
}
