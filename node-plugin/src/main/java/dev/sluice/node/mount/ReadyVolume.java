package dev.sluice.node.mount;

import dev.sluice.api.Encryption;
import dev.sluice.api.VolumeMode;
import org.jspecify.annotations.Nullable;

/**
 * A volume whose device can be used on this node.
 *
 * @param fsType null for a block volume
 * @param grownClone it is larger than the origin it was cloned from, and so than the file system in it
 * @param encryption null for a volume that is not encrypted
 */
public record ReadyVolume(
        String id,
        VolumeMode mode,
        @Nullable String fsType,
        boolean grownClone,
        @Nullable Encryption encryption) {}
