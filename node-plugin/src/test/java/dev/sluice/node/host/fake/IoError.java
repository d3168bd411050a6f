package dev.sluice.node.host.fake;

/** What a reader or writer of a device meets: an error, or an I/O that would wait for as long as things stay as they are. */
public final class IoError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean queued;

    private IoError(boolean queued, String message) {
        super(message);
        this.queued = queued;
    }

    static IoError failed(String message) {
        return new IoError(false, message);
    }

    static IoError queued(String message) {
        return new IoError(true, message);
    }

    public boolean isQueued() {
        return queued;
    }
}
