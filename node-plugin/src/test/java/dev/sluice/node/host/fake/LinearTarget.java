package dev.sluice.node.host.fake;

import java.util.List;

final class LinearTarget implements FakeTarget {
    private final FakeDevice device;
    private final long offset;

    LinearTarget(FakeDevice device, long offset) {
        this.device = device;
        this.offset = offset;
    }

    @Override
    public long read(long block) {
        return device.read(offset + block);
    }

    @Override
    public void write(long block, long count, long value) {
        device.write(offset + block, count, value);
    }

    @Override
    public void discard(long block, long count) {
        device.discard(offset + block, count);
    }

    @Override
    public void flush() {
        device.flush();
    }

    @Override
    public String status(boolean flush) {
        return "";
    }

    @Override
    public List<FakeDevice> devices() {
        return List.of(device);
    }
}
