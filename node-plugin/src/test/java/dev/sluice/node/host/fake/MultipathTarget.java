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

    /** I/O on it ended in an error: it is not tried again before someone says so. */
    void failPath() {
        givenUp = true;
        sent = 0;
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
        givenUp = false;
        sent = AT_ONCE;
    }

    private String number() {
        return paths.getFirst().identity().number();
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
        return "2 0 0 0 1 1 A 0 1 0 " + number() + (givenUp ? " F 1" : " A 0");
    }

    @Override
    public List<FakeDevice> devices() {
        return paths;
    }
}
