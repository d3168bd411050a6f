package dev.sluice.node.host.fake;

import java.util.List;

final class ErrorTarget implements FakeTarget {
    @Override
    public long read(long block) {
        throw IoError.failed("error target");
    }

    @Override
    public void write(long block, long count, long value) {
        throw IoError.failed("error target");
    }

    @Override
    public void discard(long block, long count) {
        throw IoError.failed("error target");
    }

    @Override
    public void flush() {
        throw IoError.failed("error target");
    }

    @Override
    public String status(boolean flush) {
        return "";
    }

    @Override
    public List<FakeDevice> devices() {
        return List.of();
    }
}
