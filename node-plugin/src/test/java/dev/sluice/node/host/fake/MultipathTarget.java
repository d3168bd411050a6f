package dev.sluice.node.host.fake;

import java.util.List;
import java.util.function.Supplier;

/**
 * One path, or none; with queue_if_no_path what cannot be served waits. As the kernel does, it takes an error that the disk answers for one
 * of the path, and sends nothing more until the path is reinstated. What a cut does to a path is not modelled: the kernel waits for the
 * session a while before it gives the path up.
 */
final class MultipathTarget implements FakeTarget {
    private static final int AT_ONCE = 4096;
    private static final String QUEUES = "1 queue_if_no_path";

    private final List<FakeDevice> paths;
    private boolean queueing;
    private boolean givenUp;
    /** Reads that go out together when the path is back, before the first of them has failed. */
    private int sent;

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
            givenUp |= e.isRefused();
            if (queueing) {
                throw IoError.queued("no path: " + e.getMessage());
            }
            throw e;
        }
    }

    private FakeDevice path() {
        if (paths.isEmpty() || (givenUp && sent-- <= 0)) {
            throw IoError.failed("no path");
        }
        return paths.getFirst();
    }

    @Override
    public void message(String message) {
        if (message.equals("queue_if_no_path")) {
            queueing = true;
        } else if (message.equals("fail_if_no_path")) {
            queueing = false;
        } else if (message.equals(
                "reinstate_path " + paths.getFirst().identity().number())) {
            givenUp = false;
            sent = AT_ONCE;
        } else {
            FakeTarget.super.message(message);
        }
    }

    @Override
    public String shown(String loaded) {
        String rest = loaded.startsWith(QUEUES) ? loaded.substring(QUEUES.length()) : loaded.substring(1);
        return (queueing ? QUEUES : "0") + rest;
    }

    @Override
    public String status(boolean flush) {
        if (paths.isEmpty()) {
            return "2 0 0 0 0 0";
        }
        return "2 0 0 0 1 1 A 0 1 0 " + paths.getFirst().identity().number() + (givenUp ? " F 1" : " A 0");
    }

    @Override
    public List<FakeDevice> devices() {
        return paths;
    }
}
