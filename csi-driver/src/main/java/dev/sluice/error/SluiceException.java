package dev.sluice.error;

import org.jspecify.annotations.Nullable;

/** The project's one exception. The message says what happened, to which object, and what to do. */
public final class SluiceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorKind kind;

    public SluiceException(ErrorKind kind, String message) {
        this(kind, message, null);
    }

    public SluiceException(ErrorKind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public ErrorKind kind() {
        return kind;
    }
}
