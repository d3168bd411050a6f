package dev.sluice.node.host;

/** One line of a device-mapper table or status: sectors of 512 bytes, target type, and the target's own words. */
public record TableLine(long start, long length, String type, String arguments) {
    @Override
    public String toString() {
        return start + " " + length + " " + type + " " + arguments;
    }
}
