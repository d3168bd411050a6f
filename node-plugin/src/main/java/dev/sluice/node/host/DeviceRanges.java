package dev.sluice.node.host;

/** Parts of block devices, past the page cache. Offsets and lengths are multiples of 4 KiB. */
public interface DeviceRanges {
    /** As they are on the medium. */
    byte[] read(BlockDevice device, long offset, int bytes);

    /** On the medium when it returns. */
    void write(BlockDevice device, long offset, byte[] content);

    /** What BLKDISCARD does: of an engine without discard passdown, its whole regions in the range count as local from now on. */
    void discard(BlockDevice device, long offset, long bytes);

    /** Whether discards from above pass the device. A new table lets them pass again. */
    void letDiscards(BlockDevice device, boolean pass);

    /** Whether adjacent reads of the device become one, which fails as a whole when a part of it does. */
    void letMerge(BlockDevice device, boolean merge);
}
