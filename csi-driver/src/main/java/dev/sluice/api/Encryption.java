package dev.sluice.api;

/**
 * How a volume is encrypted: LUKS2 above its device, so that all that is stored and all that travels is ciphertext. Absent: it is not.
 *
 * @param discards what the file system gives up is given up by the pool too, which shows where data is
 */
public record Encryption(boolean discards) {
    /** What the LUKS2 header takes at the start of a device; a volume is made larger by it. */
    public static final long HEADER_BYTES = 16L << 20;
}
