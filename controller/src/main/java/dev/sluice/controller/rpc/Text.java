package dev.sluice.controller.rpc;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.nio.charset.StandardCharsets;

/** Text that came from outside. */
final class Text {
    private static final int LONGEST_NAME_BYTES = 128;
    private static final int LONGEST_QUOTE = 64;

    private Text() {}

    /** A name as the specification allows: not empty, at most 128 bytes, no control characters. Anything else in it is harmless. */
    static String name(String value, String field) {
        if (value.isEmpty()) {
            throw new SluiceException(ErrorKind.INVALID, field + " is missing");
        }
        if (value.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME_BYTES) {
            throw new SluiceException(ErrorKind.INVALID, field + " is longer than 128 bytes");
        }
        if (value.codePoints().anyMatch(Character::isISOControl)) {
            throw new SluiceException(ErrorKind.INVALID, field + " contains control characters");
        }
        return value;
    }

    static String required(String value, String field) {
        if (value.isEmpty()) {
            throw new SluiceException(ErrorKind.INVALID, field + " is missing");
        }
        return value;
    }

    /** Safe in one line of a log. */
    static String quoted(String value) {
        String shown = value.length() > LONGEST_QUOTE ? value.substring(0, LONGEST_QUOTE) + "…" : value;
        return "\"" + shown.replaceAll("\\p{Cntrl}", "?") + "\"";
    }
}
