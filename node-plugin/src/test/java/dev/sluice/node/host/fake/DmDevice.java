package dev.sluice.node.host.fake;

import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Latencies;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.TableLine;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A mapped device with its live table; without one (a crash between create and load) every I/O waits. */
final class DmDevice extends SuspendableDevice {
    record Segment(TableLine line, FakeTarget target) {
        TableLine shown() {
            String shown = target.shown(line.arguments());
            return shown.equals(line.arguments())
                    ? line
                    : new TableLine(line.start(), line.length(), line.type(), shown);
        }

        long firstBlock() {
            return line.start() / FakeHost.SECTORS_PER_BLOCK;
        }

        long endBlock() {
            return (line.start() + line.length()) / FakeHost.SECTORS_PER_BLOCK;
        }

        TableLine status(boolean flush) {
            return new TableLine(line.start(), line.length(), line.type(), target.status(flush));
        }
    }

    final String uuid;
    /** Someone keeps I/O in flight. */
    boolean busy;

    long waiting;
    /** How long its I/O took, since the kernel was asked to count. */
    @Nullable Latencies counted;
    /** Adjacent reads become one. */
    boolean merges = true;

    private List<Segment> segments = List.of();
    private boolean readOnly;
    /** The software limit of its queue: a new table sets it back. */
    private boolean discards = true;

    DmDevice(BlockDevice identity, String name, String uuid) {
        super(identity, name);
        this.uuid = uuid;
    }

    void swap(List<Segment> newTable, boolean tableReadOnly) {
        claimAll(newTable);
        segments.forEach(segment -> segment.target().suspended());
        releaseAll();
        segments = List.copyOf(newTable);
        readOnly = tableReadOnly;
        discards = true;
        resume();
    }

    @Override
    void suspend() {
        segments.forEach(segment -> segment.target().suspended());
        super.suspend();
    }

    void takeDown() {
        segments.forEach(segment -> segment.target().suspended());
        releaseAll();
    }

    private void claimAll(List<Segment> wanted) {
        List<FakeDevice> claimed = new ArrayList<>();
        try {
            for (Segment segment : wanted) {
                for (FakeDevice device : segment.target().devices()) {
                    device.claim(Claim.MAPPER, name);
                    claimed.add(device);
                }
            }
        } catch (RuntimeException e) {
            claimed.forEach(device -> device.release(Claim.MAPPER, name));
            throw e;
        }
    }

    private void releaseAll() {
        segments.forEach(segment -> segment.target().devices().forEach(device -> device.release(Claim.MAPPER, name)));
    }

    List<Segment> segments() {
        return segments;
    }

    void letDiscards(boolean pass) {
        discards = pass;
    }

    @Override
    boolean canDiscard() {
        return discards;
    }

    MappedDevice report() {
        return new MappedDevice(
                name, uuid, identity(), table(), readOnly, isSuspended() || segments.isEmpty(), openCount());
    }

    private List<TableLine> table() {
        return segments.size() == 1
                ? List.of(segments.getFirst().shown())
                : segments.stream().map(Segment::shown).toList();
    }

    List<TableLine> status(boolean flush) {
        boolean flushes = flush && !isSuspended();
        return segments.size() == 1
                ? List.of(segments.getFirst().status(flushes))
                : segments.stream().map(segment -> segment.status(flushes)).toList();
    }

    @Override
    long sizeBytes() {
        return segments.isEmpty() ? 0 : segments.getLast().endBlock() * FakeHost.BLOCK;
    }

    @Override
    boolean readOnly() {
        return readOnly;
    }

    @Override
    protected long readBlock(long block) {
        requireRunning();
        for (Segment segment : segments) {
            if (block < segment.endBlock()) {
                return segment.target().read(block - segment.firstBlock());
            }
        }
        throw IoError.failed("beyond the end of " + name);
    }

    private interface RangeAction {
        void on(FakeTarget target, long block, long count);
    }

    private void eachPart(long block, long count, RangeAction action) {
        requireRunning();
        for (Segment segment : segments) {
            long from = Math.max(block, segment.firstBlock());
            long to = Math.min(block + count, segment.endBlock());
            if (from < to) {
                action.on(segment.target(), from - segment.firstBlock(), to - from);
            }
        }
    }

    @Override
    protected void writeBlocks(long block, long count, long value) {
        eachPart(block, count, (target, from, length) -> target.write(from, length, value));
    }

    @Override
    protected void discardBlocks(long block, long count) {
        if (!discards) {
            throw IoError.failed(name + ": operation not supported");
        }
        eachPart(block, count, FakeTarget::discard);
    }

    @Override
    void flush() {
        requireRunning();
        segments.forEach(segment -> segment.target().flush());
    }
}
