package dev.sluice.node.host;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A logical volume as LVM reports it.
 *
 * @param uuid LVM's own identity of it; a removal names it
 * @param pool the thin pool it lives in, null for a plain one
 * @param thinId its device id in the thin pool, null for a plain one
 * @param active its device, null while it is not active
 */
public record LogicalVolume(
        String volumeGroup,
        String vgUuid,
        String name,
        String uuid,
        long sizeBytes,
        @Nullable String pool,
        @Nullable Integer thinId,
        Set<String> tags,
        @Nullable BlockDevice active) {
    public Optional<BlockDevice> device() {
        return Optional.ofNullable(active);
    }
}
