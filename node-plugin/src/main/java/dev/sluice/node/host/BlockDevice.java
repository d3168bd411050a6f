package dev.sluice.node.host;

/** A block device of this kernel. The path is valid in the plugin's own mount namespace and in the host's. */
public record BlockDevice(String path, int major, int minor) {
    /** The form device-mapper tables use. */
    public String number() {
        return major + ":" + minor;
    }
}
