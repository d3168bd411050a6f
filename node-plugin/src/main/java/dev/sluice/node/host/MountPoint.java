package dev.sluice.node.host;

/**
 * One line of the mount table.
 *
 * @param deviceNumber major:minor of the device of the file system; where a device node is bound, of that device
 */
public record MountPoint(String deviceNumber, String path, String fsType, boolean readOnly) {
    /** The type of the file system device nodes are in. */
    public static final String DEVICE_NODES = "devtmpfs";

    /** True where a pod sees a raw device, not a file system. */
    public boolean isDeviceNode() {
        return fsType.equals(DEVICE_NODES);
    }
}
