package dev.sluice.node.host.fake;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import java.util.ArrayList;
import java.util.List;

/** A block device of the fake kernel: content below, holders above. */
abstract class FakeDevice {
    /** Kinds of exclusive holders; devices of one kind share, different kinds do not. */
    enum Claim {
        MAPPER,
        MOUNT,
        TARGET
    }

    record Holder(Claim claim, String name) {}

    private final BlockDevice identity;
    private final List<Holder> holders = new ArrayList<>();
    private final List<String> openers = new ArrayList<>();
    private long blocksRead;

    FakeDevice(BlockDevice identity) {
        this.identity = identity;
    }

    final BlockDevice identity() {
        return identity;
    }

    abstract long sizeBytes();

    abstract boolean readOnly();

    protected abstract long readBlock(long block);

    protected abstract void writeBlocks(long block, long count, long value);

    protected abstract void discardBlocks(long block, long count);

    abstract void flush();

    final long read(long block) {
        requireInside(block, 1);
        blocksRead++;
        return readBlock(block);
    }

    final void write(long block, long count, long value) {
        requireInside(block, count);
        if (readOnly()) {
            throw IoError.failed(identity.path() + " is read-only");
        }
        writeBlocks(block, count, value);
    }

    final void discard(long block, long count) {
        requireInside(block, count);
        if (readOnly()) {
            throw IoError.failed(identity.path() + " is read-only");
        }
        discardBlocks(block, count);
    }

    /** Whether the file system in it, if there is one, would know the block as unused. */
    boolean isUnused(long block) {
        long value = read(block);
        return value == 0 || value == FakeHost.FREED;
    }

    boolean canDiscard() {
        return true;
    }

    final long bytesRead() {
        return blocksRead * FakeHost.BLOCK;
    }

    final long blocks() {
        return sizeBytes() / FakeHost.BLOCK;
    }

    final void claim(Claim claim, String name) {
        holders.stream().filter(holder -> holder.claim() != claim).findFirst().ifPresent(holder -> {
            throw new SluiceException(
                    ErrorKind.IN_USE, identity.path() + " is held by " + holder.name() + ", wanted by " + name);
        });
        holders.add(new Holder(claim, name));
    }

    final void release(Claim claim, String name) {
        holders.remove(new Holder(claim, name));
    }

    final void open(String who) {
        openers.add(who);
    }

    final void close(String who) {
        openers.remove(who);
    }

    final int openCount() {
        return openers.size() + holders.size();
    }

    final List<String> users() {
        List<String> users = new ArrayList<>(openers);
        holders.forEach(holder -> users.add(holder.name()));
        return users;
    }

    private void requireInside(long block, long count) {
        if (block < 0 || block + count > blocks()) {
            throw IoError.failed("block " + block + "+" + count + " is beyond the end of " + identity.path());
        }
    }
}
