package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;

/**
 * How a thin pool is cut out of a group's free space.
 *
 * <p>Chunks are 64 KiB up to 1 TiB and double with each doubling of the pool up to 1 MiB, so that a pool has at most 16 Mi chunks until
 * 16 TiB. Metadata gets 128 bytes a chunk (twice what one mapping needs: snapshots break sharing), within 32 MiB and the format's limit
 * just under 16 GiB. Left outside for the bitmaps of clones and for the spare copy of the metadata: 5 %, and never less than 256 MiB
 * besides the spare.
 */
record PoolGeometry(long dataBytes, long metadataBytes, long chunkBytes) {
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final long MIN_CHUNK = 64 * KIB;
    private static final long MAX_CHUNK = MIB;
    private static final long MAX_CHUNKS = 16 * MIB;
    private static final long METADATA_PER_CHUNK = 128;
    private static final long MIN_METADATA = 32 * MIB;
    private static final long MAX_METADATA = 15 * GIB + 768 * MIB;
    private static final long MIN_OUTSIDE = 256 * MIB;
    private static final long MIN_DATA = GIB;

    static PoolGeometry of(String group, long freeBytes, long extentBytes) {
        long chunk = MIN_CHUNK;
        while (chunk < MAX_CHUNK && freeBytes / chunk > MAX_CHUNKS) {
            chunk *= 2;
        }
        long wanted = freeBytes / chunk * METADATA_PER_CHUNK;
        long metadata = up(Math.clamp(wanted, MIN_METADATA, MAX_METADATA), extentBytes);
        long outside = Math.max(freeBytes / 20, MIN_OUTSIDE);
        long data = down(freeBytes - 2 * metadata - outside, extentBytes);
        if (data < MIN_DATA) {
            throw new SluiceException(
                    ErrorKind.NO_SPACE,
                    "volume group " + group + " has " + freeBytes / MIB + " MiB free: too little for a thin pool");
        }
        return new PoolGeometry(data, metadata, chunk);
    }

    private static long up(long bytes, long unit) {
        return Math.ceilDiv(bytes, unit) * unit;
    }

    private static long down(long bytes, long unit) {
        return Math.floorDiv(bytes, unit) * unit;
    }
}
