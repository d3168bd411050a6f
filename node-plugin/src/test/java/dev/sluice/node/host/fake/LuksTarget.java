package dev.sluice.node.host.fake;

import dev.sluice.api.Encryption;
import dev.sluice.node.host.BlockDevice;

/** A decrypted device: each block's ciphertext depends on the volume key and its place. A hole decrypts to garbage, as with a real cipher. */
final class LuksTarget extends SuspendableDevice {
    static final long HEADER_BLOCKS = Encryption.HEADER_BYTES / FakeHost.BLOCK;

    final FakeDevice below;
    private final long volumeKey;
    private final boolean discards;
    private long blocks;

    LuksTarget(BlockDevice identity, String name, FakeDevice below, long volumeKey, boolean discards) {
        super(identity, name);
        this.below = below;
        this.volumeKey = volumeKey;
        this.discards = discards;
        resize();
    }

    void resize() {
        blocks = below.blocks() - HEADER_BLOCKS;
    }

    @Override
    long sizeBytes() {
        return blocks * FakeHost.BLOCK;
    }

    @Override
    boolean readOnly() {
        return below.readOnly();
    }

    @Override
    boolean canDiscard() {
        return discards && below.canDiscard();
    }

    @Override
    boolean isUnused(long block) {
        return below.read(HEADER_BLOCKS + block) == 0 || read(block) == FakeHost.FREED;
    }

    @Override
    protected long readBlock(long block) {
        requireRunning();
        return below.read(HEADER_BLOCKS + block) ^ pad(block);
    }

    @Override
    protected void writeBlocks(long block, long count, long value) {
        requireRunning();
        for (long each = block; each < block + count; each++) {
            below.write(HEADER_BLOCKS + each, 1, value ^ pad(each));
        }
    }

    @Override
    protected void discardBlocks(long block, long count) {
        requireRunning();
        if (!discards) {
            throw IoError.failed(identity().path() + ": operation not supported");
        }
        below.discard(HEADER_BLOCKS + block, count);
    }

    @Override
    void flush() {
        requireRunning();
        below.flush();
    }

    private long pad(long block) {
        return FakeLuks.mix(volumeKey, block);
    }
}
