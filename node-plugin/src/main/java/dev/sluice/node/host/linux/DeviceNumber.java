package dev.sluice.node.host.linux;

/** The number of a device as stat(2) gives it: the bits of major and minor are interleaved. */
final class DeviceNumber {
    private DeviceNumber() {}

    /** As major:minor. */
    static String of(long device) {
        long major = (device >>> 8 & 0xfff) | (device >>> 32 & 0xffff_f000L);
        long minor = (device & 0xff) | (device >>> 12 & 0xffff_ff00L);
        return major + ":" + minor;
    }
}
