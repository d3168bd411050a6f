package dev.sluice.node.host;

/** Bytes of a device, one after the other. */
public record ByteRange(long offset, long bytes) {
    public long end() {
        return offset + bytes;
    }
}
