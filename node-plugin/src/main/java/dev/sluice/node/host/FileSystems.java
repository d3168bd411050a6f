package dev.sluice.node.host;

import java.nio.file.Path;
import java.util.Optional;

/** File systems: ext4 and xfs. */
public interface FileSystems {
    /** The type blkid finds. Nothing found proves nothing: it is no licence to format. */
    Optional<String> find(BlockDevice device);

    /** Formats. Only for a device whose logical volume is tagged virgin. */
    void make(BlockDevice device, String fsType);

    /** FITRIM: tells the device which blocks the file system does not use. Bytes that were trimmed. */
    long trim(Path mountPoint);

    /** Writes to its place what only the journal has, where the file system can: a copy of it then mounts without a recovery. */
    void checkpoint(Path mountPoint);

    /** Grows a mounted file system to its device; already that large is success. */
    void grow(BlockDevice device, Path mountPoint, String fsType);

    Usage usage(Path mountPoint);

    /** Bytes and inodes of a mounted file system. */
    record Usage(
            long totalBytes, long usedBytes, long availableBytes, long totalInodes, long usedInodes, long freeInodes) {}
}
