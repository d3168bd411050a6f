package dev.sluice.node.clone;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Which regions are not local, from dm-clone's metadata as it was last committed: the kernel tells how many there are, not which. The
 * layout is that of drivers/md/dm-clone-metadata.c and drivers/md/persistent-data: a superblock, a tree whose leaves name blocks, and
 * in those a bit for each region.
 */
public final class RegionMap {
    public static final int BLOCK = 4096;

    private static final long MAGIC = 0x8af27f64L;
    private static final int VERSION = 1;
    private static final int SUPERBLOCK_SEED = 257649492;
    private static final int NODE_SEED = 121107;
    private static final int ARRAY_SEED = 595846735;
    private static final int NODE_HEADER = 32;
    private static final int INTERNAL = 1;
    private static final int ARRAY_HEADER = 24;
    /** A tree of five levels has more leaves than the largest metadata device has blocks. */
    private static final int DEEPEST = 5;

    private static final int ATTEMPTS = 5;

    /** Reads a block of the metadata device, past every cache. */
    public interface Blocks {
        byte[] read(long block);
    }

    /**
     * Regions that are not local.
     *
     * @param first the first of them in ascending order
     */
    public record Missing(long regionBytes, long count, List<Long> first) {}

    private final Blocks blocks;
    private final int most;
    private final long regions;
    private final List<Long> first = new ArrayList<>();
    private long count;
    private long next;

    private RegionMap(Blocks blocks, int most, long regions) {
        this.blocks = blocks;
        this.most = most;
        this.regions = regions;
    }

    /**
     * What is not local. A commit writes elsewhere and then the superblock: as long as that is the same, what it names is whole.
     *
     * @param most how many are named
     */
    public static Missing missing(Blocks blocks, int most) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            byte[] superblock = blocks.read(0);
            try {
                Missing missing = walk(superblock, blocks, most);
                if (Arrays.equals(superblock, blocks.read(0))) {
                    return missing;
                }
            } catch (SluiceException unreadable) {
                if (Arrays.equals(superblock, blocks.read(0))) {
                    throw unreadable;
                }
            }
        }
        throw new SluiceException(ErrorKind.UNAVAILABLE, "the engine's metadata changes faster than it can be read");
    }

    private static Missing walk(byte[] superblock, Blocks blocks, int most) {
        ByteBuffer content = checked(superblock, 0, Integer.BYTES * 2, SUPERBLOCK_SEED, "superblock");
        int version = content.getInt(40);
        if (content.getLong(32) != MAGIC || version != VERSION) {
            throw unreadable("superblock", 0, "it is not dm-clone's of version " + VERSION);
        }
        long regionSectors = content.getLong(172);
        long targetSectors = content.getLong(180);
        if (regionSectors <= 0 || targetSectors <= 0) {
            throw unreadable("superblock", 0, "it says regions of " + regionSectors + " sectors");
        }
        RegionMap map = new RegionMap(blocks, most, Math.ceilDiv(targetSectors, regionSectors));
        map.node(content.getLong(188), DEEPEST);
        if (map.next < map.regions) {
            throw unreadable("tree", content.getLong(188), "it ends after " + map.next + " of " + map.regions);
        }
        return new Missing(regionSectors * Tables.SECTOR, map.count, List.copyOf(map.first));
    }

    private void node(long block, int levels) {
        ByteBuffer node = checked(blocks.read(block), block, Integer.BYTES * 2, NODE_SEED, "node");
        int flags = node.getInt(4);
        int entries = node.getInt(16);
        int room = node.getInt(20);
        if (levels == 0 || entries < 0 || entries > room || NODE_HEADER + 2L * Long.BYTES * room > BLOCK) {
            throw unreadable("node", block, "it says " + entries + " of " + room + " entries");
        }
        for (int entry = 0; entry < entries; entry++) {
            long value = node.getLong(NODE_HEADER + (room + entry) * Long.BYTES);
            if ((flags & INTERNAL) != 0) {
                node(value, levels - 1);
            } else {
                words(value);
            }
        }
    }

    private void words(long block) {
        ByteBuffer array = checked(blocks.read(block), block, Long.BYTES * 2, ARRAY_SEED, "array");
        int entries = array.getInt(8);
        if (array.getInt(12) != Long.BYTES || entries < 0 || ARRAY_HEADER + (long) entries * Long.BYTES > BLOCK) {
            throw unreadable("array", block, "it says " + entries + " entries");
        }
        for (int entry = 0; entry < entries; entry++) {
            word(array.getLong(ARRAY_HEADER + entry * Long.BYTES));
        }
    }

    private void word(long local) {
        int bits = (int) Math.min(Long.SIZE, regions - next);
        long absent = ~local & (bits == Long.SIZE ? -1L : (1L << bits) - 1);
        count += Long.bitCount(absent);
        for (; absent != 0 && first.size() < most; absent &= absent - 1) {
            first.add(next + Long.numberOfTrailingZeros(absent));
        }
        next += bits;
    }

    /** @param place of the block's own number in it */
    private static ByteBuffer checked(byte[] bytes, long block, int place, int seed, String what) {
        ByteBuffer content = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        CRC32C sum = new CRC32C();
        sum.update(bytes, Integer.BYTES, BLOCK - Integer.BYTES);
        // The kernel does not invert the sum at its end.
        int expected = ~(int) sum.getValue() ^ seed;
        if (content.getInt(0) != expected || content.getLong(place) != block) {
            throw unreadable(what, block, "its checksum or its place is another");
        }
        return content;
    }

    private static SluiceException unreadable(String what, long block, String why) {
        return new SluiceException(
                ErrorKind.HOST, "the engine's metadata cannot be read: " + what + " at block " + block + ": " + why);
    }
}
