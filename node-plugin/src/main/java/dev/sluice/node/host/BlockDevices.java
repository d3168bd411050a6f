package dev.sluice.node.host;

/** Plain operations on block devices. */
public interface BlockDevices {
    long sizeBytes(BlockDevice device);

    /** Returns when everything written before is on stable storage. */
    void flush(BlockDevice device);

    /** Writes out what a file system mounted from the device, or the page cache, still keeps in memory. */
    void sync(BlockDevice device);

    /** The first bytes as they are on the medium, past every cache. */
    byte[] read(BlockDevice device, int bytes);

    /** Overwrites the first bytes; on the medium when it returns. */
    void write(BlockDevice device, byte[] content);

    /** Bytes read from the device since it appeared, from its own statistics. */
    long bytesRead(BlockDevice device);

    /** Requests that were given to the device and have not ended. */
    long inFlight(BlockDevice device);
}
