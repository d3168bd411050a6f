package dev.sluice.controller.domain;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;

/** Bytes that are asked for; 0 means no bound. */
public record SizeRange(long requiredBytes, long limitBytes) {
    public static final SizeRange ANY = new SizeRange(0, 0);
    static final long STEP = 4L << 20;
    static final long DEFAULT = 1L << 30;
    static final long MAXIMUM = 64L << 40;

    public SizeRange {
        if (requiredBytes < 0 || limitBytes < 0) {
            throw new SluiceException(ErrorKind.INVALID, "a size cannot be negative");
        }
        if (limitBytes > 0 && requiredBytes > limitBytes) {
            throw new SluiceException(
                    ErrorKind.OUT_OF_RANGE,
                    "required size " + requiredBytes + " is above the limit of " + limitBytes + " bytes");
        }
    }

    /** The size to make when nothing less than this minimum will do (0 when anything will). */
    long choose(long minimumBytes) {
        if (requiredBytes > 0 && requiredBytes < minimumBytes) {
            throw new SluiceException(
                    ErrorKind.OUT_OF_RANGE,
                    "requested " + requiredBytes + " bytes, but the source has " + minimumBytes
                            + ": ask for at least that much");
        }
        long chosen = roundUp(requiredBytes > 0 ? requiredBytes : fallback(minimumBytes));
        if (limitBytes > 0 && chosen > limitBytes) {
            throw new SluiceException(
                    ErrorKind.OUT_OF_RANGE,
                    "sizes are multiples of 4 MiB: " + chosen + " bytes are needed and the limit is " + limitBytes);
        }
        return chosen;
    }

    boolean contains(long bytes) {
        return bytes >= requiredBytes && (limitBytes == 0 || bytes <= limitBytes);
    }

    private long fallback(long minimumBytes) {
        if (minimumBytes > 0) {
            return minimumBytes;
        }
        return limitBytes > 0 ? Math.max(STEP, Math.min(DEFAULT, limitBytes / STEP * STEP)) : DEFAULT;
    }

    private static long roundUp(long bytes) {
        if (bytes > MAXIMUM) {
            throw new SluiceException(
                    ErrorKind.OUT_OF_RANGE, bytes + " bytes are more than a volume can have (" + MAXIMUM + ")");
        }
        return (bytes + STEP - 1) / STEP * STEP;
    }
}
