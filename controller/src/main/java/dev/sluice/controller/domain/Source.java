package dev.sluice.controller.domain;

import dev.sluice.api.Encryption;
import dev.sluice.api.Feed;
import dev.sluice.api.OriginKind;
import dev.sluice.api.VolumeMode;
import org.jspecify.annotations.Nullable;

/**
 * What a new volume's bytes come from.
 *
 * @param encryption null when it is not encrypted
 * @param mode null when the volume that a snapshot was taken of is gone, and so is the knowledge of its mode
 * @param feed what the source is still hydrating from; null when it is whole
 */
public record Source(
        OriginKind kind,
        String id,
        String node,
        String pool,
        long sizeBytes,
        @Nullable VolumeMode mode,
        @Nullable String fsType,
        @Nullable Encryption encryption,
        @Nullable Feed feed) {

    /** Which source a request names. */
    public record Reference(OriginKind kind, String id) {}
}
