package dev.sluice.node.stack;

import dev.sluice.api.Encryption;
import dev.sluice.api.VolumeSpec;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is in a volume, from the outside in.
 *
 * @param encryption null for a volume that is not encrypted
 * @param fsType null for a block volume
 * @param mkfsOptions words for mkfs
 */
public record VolumeContent(
        @Nullable Encryption encryption, @Nullable String fsType, List<String> mkfsOptions) {
    public static VolumeContent of(VolumeSpec spec) {
        return new VolumeContent(
                spec.encryption(), spec.fsType(), Objects.requireNonNullElse(spec.mkfsOptions(), List.of()));
    }
}
