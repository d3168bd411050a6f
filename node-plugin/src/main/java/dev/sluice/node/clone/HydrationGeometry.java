package dev.sluice.node.clone;

import java.time.Duration;

/**
 * Sizes the engine works in.
 *
 * <p>A region is the thin pool's chunk, so that neither copies what the other has to fill up; it grows with the volume to keep the
 * bitmap at most 2 MiB on disk. Batch times region is 4 MiB, the most kcopyd has in flight for one job, and four such jobs run
 * at once: enough to keep the disks and a short wire busy, little enough that a pod's own write never waits long. A longer way holds
 * more while it is under way, so there are more jobs.
 *
 * @param batch regions of one copy job
 * @param threshold regions in flight at most
 */
public record HydrationGeometry(long regionBytes, int batch, int threshold) {
    /** As much as the 128 commands of a session carry, each of kcopyd's 512 KiB. */
    public static final int MOST_JOBS = 16;

    private static final long JOB_BYTES = 4L << 20;
    private static final int JOBS = 4;
    /** The fastest wire that is to be filled: 10 Gbit/s. */
    private static final long WIRE_BYTES_PER_SECOND = 1_250_000_000L;

    private static final long SMALLEST_REGION = 4L << 10;
    private static final long LARGEST_REGION = 1L << 20;
    private static final long BITMAP_REGIONS = 1L << 24;
    /** dm-clone refuses more. */
    private static final long MOST_REGIONS = 1L << 31;

    private static final long EXTENT = 4L << 20;
    private static final long METADATA_BLOCK = 4L << 10;
    /** Bits of the bitmap in one block: 509 words beside its header. */
    private static final long BLOCK_BITS = 509 * Long.SIZE;
    /** Of the bitmap's blocks: one in so many more is the tree over them and the map of free blocks. */
    private static final int BLOCKS_PER_OVERHEAD = 64;

    /** From the bytes of the origin, the pool's chunk, and a region asked for (0 for none), which is larger where the kernel needs it to be. */
    public static HydrationGeometry choose(long originBytes, long chunkBytes, long wantedRegionBytes) {
        long region = wantedRegionBytes > 0
                ? wantedRegionBytes
                : Math.clamp(Long.highestOneBit(chunkBytes), SMALLEST_REGION, LARGEST_REGION);
        long regions = wantedRegionBytes > 0 ? MOST_REGIONS : BITMAP_REGIONS;
        while (region < LARGEST_REGION && Math.ceilDiv(originBytes, region) > regions) {
            region *= 2;
        }
        return of(region);
    }

    /** As long as nothing is known of the way to the origin. */
    public static HydrationGeometry of(long regionBytes) {
        return of(regionBytes, JOBS);
    }

    /** @param jobs copy jobs in flight at most */
    public static HydrationGeometry of(long regionBytes, int jobs) {
        int batch = (int) Math.max(1, JOB_BYTES / regionBytes);
        return new HydrationGeometry(regionBytes, batch, batch * jobs);
    }

    /** Copy jobs in flight at most, over a way on which a small read takes so long: what is on a wire meanwhile comes on top. */
    public static int jobs(Duration roundTrip) {
        double onTheWire = WIRE_BYTES_PER_SECOND * (roundTrip.toNanos() / 1e9);
        return (int) Math.min(MOST_JOBS, JOBS + Math.round(onTheWire / JOB_BYTES));
    }

    /**
     * Regions in flight at most under a limit: a quarter of a second's worth, since what is in flight comes all the same when copying is
     * stopped.
     */
    public int threshold(long bytesPerSecond) {
        return (int) Math.clamp(bytesPerSecond / 4 / regionBytes, 1, threshold);
    }

    /** Bytes of the metadata volume for an origin: the bitmap twice, since a commit writes beside what is committed, and 1 MiB, in whole extents. */
    public long metadataBytes(long originBytes) {
        long regions = Math.ceilDiv(originBytes, regionBytes);
        long bitmap = Math.ceilDiv(regions, BLOCK_BITS) * METADATA_BLOCK;
        long needed = 2 * (bitmap + bitmap / BLOCKS_PER_OVERHEAD) + (1L << 20);
        return Math.ceilDiv(needed, EXTENT) * EXTENT;
    }
}
