package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The superblocks of a btrfs that is not mounted. The kernel knows a btrfs by its UUID alone and would show one device's data for
 * another's, so a copy needs one of its own; the UUID that is written into every block of metadata stays, as METADATA_UUID (Linux 5.0),
 * and nothing but superblocks changes.
 *
 * <p>btrfstune does this too, but commits a transaction, which may overwrite a log that waits to be replayed: what a pod had fsynced
 * before it was copied would be lost.
 */
final class BtrfsSuperblocks {
    static final int BYTES = 4096;
    static final long PRIMARY = 64L << 10;

    private static final long[] MIRRORS = {64L << 20, 256L << 30};
    private static final long MAGIC = 0x4D5F53665248425FL;
    private static final long HAS_METADATA_UUID = 1L << 10;
    /** A change of UUID by btrfstune that was cut short: the blocks are not all of one file system. */
    private static final long CHANGING = (1L << 35) | (1L << 36);

    private static final int UUID_AT = 32;
    private static final int ADDRESS_AT = 48;
    private static final int FLAGS_AT = 56;
    private static final int MAGIC_AT = 64;
    private static final int TOTAL_BYTES_AT = 112;
    private static final int DEVICES_AT = 136;
    private static final int INCOMPATIBLE_AT = 188;
    private static final int CHECKSUM_TYPE_AT = 196;
    private static final int METADATA_UUID_AT = 571;

    private final FileChannel device;
    private final String path;

    BtrfsSuperblocks(FileChannel device, String path) {
        this.device = device;
        this.path = path;
    }

    /** Mirrors first: the kernel mounts by the primary alone, so that a cut leaves the copy either as it was or done. */
    void ensureUuid(UUID wanted) throws IOException {
        Optional<ByteBuffer> primary = read(PRIMARY);
        if (primary.isEmpty()) {
            repair(wanted);
            return;
        }
        ByteBuffer superblock = primary.get();
        if (uuid(superblock, UUID_AT).equals(wanted)) {
            return;
        }
        requireSimple(superblock);
        rename(superblock, wanted);
        long end = superblock.getLong(TOTAL_BYTES_AT);
        for (long mirror : MIRRORS) {
            if (mirror + BYTES <= end) {
                write(superblock, mirror);
            }
        }
        device.force(true);
        write(superblock, PRIMARY);
        device.force(true);
    }

    /** A primary that a power cut tore while it was written: its mirror was written just before, and is the same. */
    private void repair(UUID wanted) throws IOException {
        ByteBuffer mirror = read(MIRRORS[0])
                .filter(found -> uuid(found, UUID_AT).equals(wanted))
                .orElseThrow(() -> refusal("no whole superblock is found. It is left alone and never formatted; see"
                        + " btrfs rescue super-recover"));
        write(mirror, PRIMARY);
        device.force(true);
    }

    private Optional<ByteBuffer> read(long address) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (block.hasRemaining() && device.read(block, address + block.position()) > 0) {}
        boolean whole = !block.hasRemaining()
                && block.getLong(MAGIC_AT) == MAGIC
                && block.getLong(ADDRESS_AT) == address
                && (block.getShort(CHECKSUM_TYPE_AT) != 0 || block.getInt(0) == checksum(block));
        return whole ? Optional.of(block) : Optional.empty();
    }

    private void requireSimple(ByteBuffer superblock) {
        if (superblock.getShort(CHECKSUM_TYPE_AT) != 0) {
            throw refusal("it has other checksums than crc32c, and its UUID cannot be changed");
        }
        if (superblock.getLong(DEVICES_AT) != 1) {
            throw refusal("it has " + superblock.getLong(DEVICES_AT) + " devices, a volume is one");
        }
        if ((superblock.getLong(FLAGS_AT) & CHANGING) != 0) {
            throw refusal("a change of its UUID was begun by hand and not finished: finish it with btrfstune");
        }
    }

    private static void rename(ByteBuffer superblock, UUID wanted) {
        long incompatible = superblock.getLong(INCOMPATIBLE_AT);
        if ((incompatible & HAS_METADATA_UUID) == 0) {
            putUuid(superblock, METADATA_UUID_AT, uuid(superblock, UUID_AT));
            superblock.putLong(INCOMPATIBLE_AT, incompatible | HAS_METADATA_UUID);
        }
        putUuid(superblock, UUID_AT, wanted);
    }

    private void write(ByteBuffer superblock, long address) throws IOException {
        superblock.putLong(ADDRESS_AT, address);
        superblock.putInt(0, checksum(superblock));
        ByteBuffer rest = superblock.duplicate().position(0);
        while (rest.hasRemaining()) {
            device.write(rest, address + rest.position());
        }
    }

    private static int checksum(ByteBuffer superblock) {
        CRC32C crc = new CRC32C();
        crc.update(superblock.array(), UUID_AT, BYTES - UUID_AT);
        return (int) crc.getValue();
    }

    private static UUID uuid(ByteBuffer superblock, int at) {
        return new UUID(
                Long.reverseBytes(superblock.getLong(at)), Long.reverseBytes(superblock.getLong(at + Long.BYTES)));
    }

    private static void putUuid(ByteBuffer superblock, int at, UUID uuid) {
        superblock.putLong(at, Long.reverseBytes(uuid.getMostSignificantBits()));
        superblock.putLong(at + Long.BYTES, Long.reverseBytes(uuid.getLeastSignificantBits()));
    }

    private SluiceException refusal(String why) {
        return new SluiceException(ErrorKind.HOST, "btrfs on " + path + ": " + why);
    }
}
