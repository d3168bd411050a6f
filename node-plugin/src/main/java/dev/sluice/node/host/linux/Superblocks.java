package dev.sluice.node.host.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Recognises the two file systems we make from the first 4 KiB of a device; whatever else there may be is blkid's to say. */
final class Superblocks {
    static final int BYTES = 4096;

    private static final int XFS_MAGIC = 0x58465342;
    private static final int EXT = 1024;
    private static final short EXT_MAGIC = (short) 0xEF53;
    private static final int EXT_MAGIC_OFFSET = EXT + 0x38;
    private static final int EXT_INCOMPATIBLE_OFFSET = EXT + 0x60;
    /** Extents: what sets ext4 apart from ext2 and ext3. */
    private static final int EXT4_EXTENTS = 0x40;

    private Superblocks() {}

    static Optional<String> recognise(ByteBuffer start) {
        if (start.order(ByteOrder.BIG_ENDIAN).getInt(0) == XFS_MAGIC) {
            return Optional.of("xfs");
        }
        start.order(ByteOrder.LITTLE_ENDIAN);
        boolean ext4 = start.getShort(EXT_MAGIC_OFFSET) == EXT_MAGIC
                && (start.getInt(EXT_INCOMPATIBLE_OFFSET) & EXT4_EXTENTS) != 0;
        return ext4 ? Optional.of("ext4") : Optional.empty();
    }
}
