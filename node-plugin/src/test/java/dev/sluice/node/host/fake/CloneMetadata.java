package dev.sluice.node.host.fake;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bitmap of a clone in its metadata volume: block 0 is the superblock, each further block holds 64 regions. As the kernel does, an
 * all-zero first block is formatted in silence, and anything foreign is refused. Who reads a block for itself sees the kernel's layout.
 */
final class CloneMetadata {
    private static final long MAGIC = 0x8af27f64L << 32;
    private static final int BITS = Long.SIZE;
    private static final int WORDS_IN_BLOCK = 509;
    /** Blocks of the disk. */
    private static final int REGION_SECTORS = 1;

    private static final int TARGET_SECTORS = 2;
    private static final int FIRST_WORD = 3;
    /** Blocks in the kernel's layout. */
    private static final int ROOT = 1;

    private static final int FIRST_WORDS = 2;

    private final FakeDisk disk;
    private final long superblock;
    private final int regions;
    private final BitSet committed;

    private CloneMetadata(FakeDisk disk, long superblock, int regions) {
        this.disk = disk;
        this.superblock = superblock;
        this.regions = regions;
        this.committed = load();
    }

    static CloneMetadata open(FakeDevice device, long regionSectors, long targetSectors, int regions) {
        if (!(device instanceof FakeVolume.Active volume)) {
            throw new SluiceException(ErrorKind.HOST, "metadata device is no logical volume");
        }
        long superblock = MAGIC | ((31 * regionSectors + targetSectors) & 0xffffffffL);
        long found = volume.disk().read(0);
        if (found == 0) {
            format(volume.disk(), superblock, regionSectors, targetSectors);
        } else if ((found & ~0xffffffffL) != MAGIC) {
            throw new SluiceException(ErrorKind.HOST, "clone: superblock magic mismatch: Invalid argument");
        } else if (found != superblock) {
            throw new SluiceException(
                    ErrorKind.HOST, "clone: Region and/or target size don't match the ones in metadata");
        }
        return new CloneMetadata(volume.disk(), superblock, regions);
    }

    private static void format(FakeDisk disk, long superblock, long regionSectors, long targetSectors) {
        disk.write(0, superblock);
        disk.write(REGION_SECTORS, regionSectors);
        disk.write(TARGET_SECTORS, targetSectors);
        for (int word = 0; word < Math.ceilDiv(Math.ceilDiv(targetSectors, regionSectors), BITS); word++) {
            disk.write(FIRST_WORD + word, 0);
        }
        disk.flush();
    }

    private BitSet load() {
        BitSet bits = new BitSet(regions);
        for (int region = 0; region < regions; region++) {
            if (((disk.read(FIRST_WORD + region / BITS) >>> (region % BITS)) & 1) == 1) {
                bits.set(region);
            }
        }
        return bits;
    }

    BitSet committed() {
        return (BitSet) committed.clone();
    }

    void commit(BitSet bits) {
        if (bits.equals(committed)) {
            return;
        }
        long[] words = bits.toLongArray();
        for (int word = 0; word < words.length; word++) {
            disk.write(FIRST_WORD + word, words[word]);
        }
        disk.write(0, superblock);
        disk.flush();
        committed.clear();
        committed.or(bits);
    }

    /** A block of it as the kernel would have written it; null when the volume is none. */
    static byte @Nullable [] block(FakeDevice device, long block) {
        if (!(device instanceof FakeVolume.Active volume) || (volume.disk().read(0) & ~0xffffffffL) != MAGIC) {
            return null;
        }
        FakeDisk disk = volume.disk();
        long regions = Math.ceilDiv(disk.read(TARGET_SECTORS), disk.read(REGION_SECTORS));
        int words = Math.toIntExact(Math.ceilDiv(regions, BITS));
        ByteBuffer content = ByteBuffer.allocate((int) FakeHost.BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        if (block == 0) {
            content.putLong(32, MAGIC >>> 32).putInt(40, 1);
            content.putLong(172, disk.read(REGION_SECTORS))
                    .putLong(180, disk.read(TARGET_SECTORS))
                    .putLong(188, ROOT);
            return sealed(content, 8, block, 257649492);
        }
        if (block == ROOT) {
            int entries = Math.ceilDiv(words, WORDS_IN_BLOCK);
            int room = 252;
            content.putInt(4, 2).putInt(16, entries).putInt(20, room).putInt(24, 8);
            for (int entry = 0; entry < entries; entry++) {
                content.putLong(32 + 8 * entry, entry).putLong(32 + 8 * (room + entry), FIRST_WORDS + entry);
            }
            return sealed(content, 8, block, 121107);
        }
        int first = Math.toIntExact((block - FIRST_WORDS) * WORDS_IN_BLOCK);
        int entries = Math.min(WORDS_IN_BLOCK, words - first);
        content.putInt(4, WORDS_IN_BLOCK).putInt(8, entries).putInt(12, 8);
        for (int entry = 0; entry < entries; entry++) {
            content.putLong(24 + 8 * entry, disk.read(FIRST_WORD + first + entry));
        }
        return sealed(content, 16, block, 595846735);
    }

    private static byte[] sealed(ByteBuffer content, int place, long block, int seed) {
        content.putLong(place, block);
        CRC32C sum = new CRC32C();
        sum.update(content.array(), 4, content.capacity() - 4);
        return content.putInt(0, ~(int) sum.getValue() ^ seed).array();
    }
}
