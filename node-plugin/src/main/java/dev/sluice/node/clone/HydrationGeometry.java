package dev.sluice.node.clone;

/**
 * Sizes the engine works in.
 *
 * <p>A region is the thin pool's chunk, so that neither copies what the other has to fill up; it grows with the volume to keep the
 * bitmap at most 2 MiB on disk. Batch times region is 4 MiB, the most kcopyd has in flight for one job, and four such jobs run
 * at once: enough to fill a fast wire, little enough that a pod's own write never waits long.
 *
 * @param batch regions of one copy job
 * @param threshold regions in flight at most
 */
public record HydrationGeometry(long regionBytes, int batch, int threshold) {
    private static final long JOB_BYTES = 4L << 20;
    private static final int JOBS = 4;
    private static final long SMALLEST_REGION = 4L << 10;
    private static final long LARGEST_REGION = 1L << 20;
    private static final long BITMAP_REGIONS = 1L << 24;
    private static final long EXTENT = 4L << 20;

    /** From the bytes of the origin, the pool's chunk, and a region asked for (0 for none). */
    public static HydrationGeometry choose(long originBytes, long chunkBytes, long wantedRegionBytes) {
        if (wantedRegionBytes > 0) {
            return of(wantedRegionBytes);
        }
        long region = Math.clamp(Long.highestOneBit(chunkBytes), SMALLEST_REGION, LARGEST_REGION);
        while (region < LARGEST_REGION && originBytes / region > BITMAP_REGIONS) {
            region *= 2;
        }
        return of(region);
    }

    public static HydrationGeometry of(long regionBytes) {
        int batch = (int) Math.max(1, JOB_BYTES / regionBytes);
        return new HydrationGeometry(regionBytes, batch, batch * JOBS);
    }

    /**
     * Regions in flight at most under a limit: a quarter of a second's worth, since what is in flight comes all the same when copying is
     * stopped.
     */
    public int threshold(long bytesPerSecond) {
        return (int) Math.clamp(bytesPerSecond / 4 / regionBytes, 1, threshold);
    }

    /** Bytes of the metadata volume for an origin: two bitmaps' worth and 1 MiB, in whole extents. */
    public long metadataBytes(long originBytes) {
        long regions = Math.ceilDiv(originBytes, regionBytes);
        long needed = 2 * Math.ceilDiv(regions, 8) + (1L << 20);
        return Math.ceilDiv(needed, EXTENT) * EXTENT;
    }
}
