package dev.sluice.node.host.fake;

/** What a reader or writer of a device meets: an error, or an I/O that would wait for as long as things stay as they are. */
public final class IoError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private enum Kind {
        FAILED,
        QUEUED,
        REFUSED
    }

    private final Kind kind;

    private IoError(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    static IoError failed(String message) {
        return new IoError(Kind.FAILED, message);
    }

    static IoError queued(String message) {
        return new IoError(Kind.QUEUED, message);
    }

    /** A disk behind a session answers with an error. */
    static IoError refused(String message) {
        return new IoError(Kind.REFUSED, message);
    }

    public boolean isQueued() {
        return kind == Kind.QUEUED;
    }

    boolean isRefused() {
        return kind == Kind.REFUSED;
    }
}
