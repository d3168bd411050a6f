package dev.sluice.node.host.fake;

import java.util.List;
import java.util.function.Supplier;

/** One path, or none; with queue_if_no_path what cannot be served waits. */
final class MultipathTarget implements FakeTarget {
    private final List<FakeDevice> paths;
    private boolean queueing;
    private boolean failed;

    MultipathTarget(List<FakeDevice> paths, boolean queueing) {
        this.paths = List.copyOf(paths);
        this.queueing = queueing;
    }

    @Override
    public long read(long block) {
        return through(() -> path().read(block));
    }

    @Override
    public void write(long block, long count, long value) {
        through(() -> {
            path().write(block, count, value);
            return 0L;
        });
    }

    @Override
    public void discard(long block, long count) {
        through(() -> {
            path().discard(block, count);
            return 0L;
        });
    }

    @Override
    public void flush() {
        through(() -> {
            path().flush();
            return 0L;
        });
    }

    private long through(Supplier<Long> io) {
        try {
            return io.get();
        } catch (IoError e) {
            if (queueing) {
                throw IoError.queued("no path: " + e.getMessage());
            }
            throw e;
        }
    }

    private FakeDevice path() {
        if (paths.isEmpty() || failed) {
            throw IoError.failed("no path");
        }
        return paths.getFirst();
    }

    /** I/O on it ended in an error: it is not tried again before someone says so. */
    void failPath() {
        failed = true;
    }

    @Override
    public void message(String message) {
        switch (message) {
            case "queue_if_no_path" -> queueing = true;
            case "fail_if_no_path" -> queueing = false;
            default -> reinstate(message);
        }
    }

    private void reinstate(String message) {
        if (paths.isEmpty() || !message.equals("reinstate_path " + number())) {
            FakeTarget.super.message(message);
        }
        failed = false;
    }

    private String number() {
        return paths.getFirst().identity().number();
    }

    @Override
    public String status(boolean flush) {
        if (paths.isEmpty()) {
            return "2 0 0 0 0 0";
        }
        return "2 0 0 0 1 1 A 0 1 0 " + number() + (failed ? " F 1" : " A 0");
    }

    @Override
    public List<FakeDevice> devices() {
        return paths;
    }
}
