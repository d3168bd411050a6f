package dev.sluice.node.host;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** File systems: ext4, xfs and btrfs. */
public interface FileSystems {
    /**
     * Formats. Only for a device whose logical volume is tagged virgin.
     *
     * @param zeros whether all of the device reads as zeros but for what an earlier try of the same left: none need be written to it then
     * @param options words for mkfs
     */
    void make(BlockDevice device, String fsType, boolean zeros, List<String> options);

    /**
     * Gives a file system that is not mounted this UUID, where the kernel takes two of one UUID for one and the same; that it has it
     * already is success. What was written to the file system, its log too, is not touched.
     */
    void ensureUuid(BlockDevice device, String fsType, UUID uuid);

    /** FITRIM: tells the device which blocks the file system does not use. Bytes that were trimmed. */
    long trim(Path mountPoint);

    /**
     * Writes out what is in memory; and to its place what only the journal has, where the file system can: a copy of it then mounts
     * without a recovery.
     */
    void checkpoint(Path mountPoint);

    /** Grows a mounted file system to its device; already that large is success. */
    void grow(BlockDevice device, Path mountPoint, String fsType);

    Usage usage(Path mountPoint);

    /** Bytes and inodes of a mounted file system. */
    record Usage(
            long totalBytes, long usedBytes, long availableBytes, long totalInodes, long usedInodes, long freeInodes) {}
}
