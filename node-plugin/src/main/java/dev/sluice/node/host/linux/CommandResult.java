package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;

/** How a tool ended. */
record CommandResult(int exit, String out, String err) {
    boolean succeeded() {
        return exit == 0;
    }

    /** What it printed, or a failure that says what was being done. */
    String require(String doing) {
        if (!succeeded()) {
            throw failure(ErrorKind.HOST, doing);
        }
        return out;
    }

    SluiceException failure(ErrorKind kind, String doing) {
        return new SluiceException(kind, doing + ": exit " + exit + ": " + reason());
    }

    private String reason() {
        String text = err.isBlank() ? out : err;
        return text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
