package dev.sluice.node.host.fake;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.util.BitSet;

/**
 * The bitmap of a clone in its metadata volume: block 0 is the superblock, each further block holds 64 regions. As the kernel does, an
 * all-zero first block is formatted in silence, and anything foreign is refused.
 */
final class CloneMetadata {
    private static final long MAGIC = 0x8af27f64L << 32;
    private static final int BITS = Long.SIZE;

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
            format(volume.disk(), superblock, regions);
        } else if ((found & ~0xffffffffL) != MAGIC) {
            throw new SluiceException(ErrorKind.HOST, "clone: superblock magic mismatch: Invalid argument");
        } else if (found != superblock) {
            throw new SluiceException(
                    ErrorKind.HOST, "clone: Region and/or target size don't match the ones in metadata");
        }
        return new CloneMetadata(volume.disk(), superblock, regions);
    }

    private static void format(FakeDisk disk, long superblock, int regions) {
        disk.write(0, superblock);
        for (int word = 0; word <= (regions - 1) / BITS; word++) {
            disk.write(1 + word, 0);
        }
        disk.flush();
    }

    private BitSet load() {
        BitSet bits = new BitSet(regions);
        for (int region = 0; region < regions; region++) {
            if (((disk.read(1 + region / BITS) >>> (region % BITS)) & 1) == 1) {
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
            disk.write(1 + word, words[word]);
        }
        disk.write(0, superblock);
        disk.flush();
        committed.clear();
        committed.or(bits);
    }
}
