package dev.sluice.node.stack;

import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.IoError;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What pods wrote, block by block, and what they write at random: parts of regions, whole ones, over the ends; and what they discard. */
final class PodWrites {
    private static final int LONGEST = 40;

    private final long[] expected;
    private final @Nullable Random random;
    private boolean inside;
    private long next = 1_000_000;
    long written;
    long discarded;
    long refused;

    PodWrites(long blocks) {
        this(blocks, null);
    }

    PodWrites(long blocks, @Nullable Random random) {
        this.expected = new long[Math.toIntExact(blocks)];
        this.random = random;
    }

    void write(FakeHost host, BlockDevice device, long block, long value) {
        host.write(device, block, value);
        expected[Math.toIntExact(block)] = value;
    }

    /** What a pod does in its time. */
    void some(FakeHost host, BlockDevice device) {
        for (int each = 0; random != null && each < 40; each++) {
            one(host, device);
        }
        host.fsync(device);
    }

    /** At some of the moments; the device may be suspended. */
    void meanwhile(FakeHost host, BlockDevice device) {
        if (random == null || inside || random.nextInt(4) > 0) {
            return;
        }
        inside = true;
        try {
            one(host, device);
            host.fsync(device);
        } catch (IoError suspended) {
            // Its process waits.
            return;
        } finally {
            inside = false;
        }
    }

    private void one(FakeHost host, BlockDevice device) {
        Random any = random;
        if (any == null) {
            return;
        }
        // Block 0 is the file system's.
        int block = 1 + any.nextInt(expected.length - 1);
        int count = Math.min(1 + any.nextInt(LONGEST), expected.length - block);
        if (any.nextInt(5) == 0) {
            discard(host, device, block, count);
            return;
        }
        long value = next++;
        try {
            host.write(device, block, count, value);
        } catch (IoError suspended) {
            return;
        }
        written++;
        for (int each = block; each < block + count; each++) {
            expected[each] = value;
        }
    }

    /** What is discarded shows what it showed before, or nothing; never anything else, and from then on the same. */
    private void discard(FakeHost host, BlockDevice device, int block, int count) {
        try {
            host.discard(device, block, count);
        } catch (IoError refusal) {
            refused++;
            return;
        }
        discarded++;
        for (int each = block; each < block + count; each++) {
            long shown = host.read(device, each);
            if (shown != 0 && shown != expected[each]) {
                throw new AssertionError(
                        "block " + each + " shows " + shown + " once discarded, it had " + expected[each]);
            }
            expected[each] = shown;
        }
    }

    void verify(FakeHost host, BlockDevice device) {
        for (int block = 1; block < expected.length; block++) {
            long shown = host.read(device, block);
            if (shown != expected[block]) {
                throw new AssertionError("block " + block + " shows " + shown + ", it should " + expected[block]);
            }
        }
    }
}
