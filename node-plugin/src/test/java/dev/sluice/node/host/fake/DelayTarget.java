package dev.sluice.node.host.fake;

import java.util.List;
import java.util.function.LongSupplier;

/** Writes wait; a waiting one that is tried again passes when the time since the table was loaded is over, the soonest it may. */
final class DelayTarget implements FakeTarget {
    private final LinearTarget below;
    private final LongSupplier nanoTime;
    private final long end;

    DelayTarget(LinearTarget below, long milliseconds, LongSupplier nanoTime) {
        this.below = below;
        this.nanoTime = nanoTime;
        this.end = nanoTime.getAsLong() + milliseconds * 1_000_000;
    }

    @Override
    public long read(long block) {
        return below.read(block);
    }

    @Override
    public void write(long block, long count, long value) {
        requireOver();
        below.write(block, count, value);
    }

    @Override
    public void discard(long block, long count) {
        requireOver();
        below.discard(block, count);
    }

    @Override
    public void flush() {
        below.flush();
    }

    @Override
    public String status(boolean flush) {
        return "0 0";
    }

    @Override
    public List<FakeDevice> devices() {
        return below.devices();
    }

    private void requireOver() {
        if (nanoTime.getAsLong() - end < 0) {
            throw IoError.queued("the write is delayed");
        }
    }
}
