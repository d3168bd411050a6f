package dev.sluice.node.host;

/**
 * A thin pool as it is.
 *
 * @param sizeBytes bytes of its data device
 * @param usedBytes bytes mapped by volumes and snapshots
 * @param metadataPercent how full its metadata is, 0 to 100
 * @param groupFreeBytes bytes of the volume group outside the pool, where plain volumes go
 */
public record Pool(
        PoolSettings settings,
        String vgUuid,
        long sizeBytes,
        long usedBytes,
        int metadataPercent,
        long chunkBytes,
        long groupFreeBytes) {}
