package dev.sluice.node.host;

import java.nio.file.Path;
import java.util.List;

/** Mounts in the plugin's namespace, from where they propagate to the host and to pods. */
public interface Mounts {
    List<MountPoint> list();

    /** Mounts a file system; already mounted there from this device is success. The folder is made. Options as in mount -o. */
    void ensure(BlockDevice device, Path path, String fsType, List<String> options);

    /** Bind-mounts a folder, or a device node onto a file, which are made; already bound is success. */
    void ensureBind(Path source, Path target, boolean readOnly);

    /** Unmounts whatever is there and removes the empty folder or file; absent is success. */
    void remove(Path path);
}
