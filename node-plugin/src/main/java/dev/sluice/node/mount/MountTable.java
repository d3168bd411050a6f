package dev.sluice.node.mount;

import dev.sluice.node.host.MountPoint;
import dev.sluice.node.host.Mounts;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Questions to the mount table. */
final class MountTable {
    private MountTable() {}

    /** What is seen at a path: of mounts stacked there, the last. */
    static Optional<MountPoint> at(Mounts mounts, Path path) {
        String wanted = path.toString();
        return mounts.list().stream()
                .filter(mount -> mount.path().equals(wanted))
                .reduce((lower, upper) -> upper);
    }

    static boolean has(Mounts mounts, String deviceNumber) {
        return paths(mounts, deviceNumber).findAny().isPresent();
    }

    /** Where a device is seen. */
    static Stream<String> paths(Mounts mounts, String deviceNumber) {
        return mounts.list().stream()
                .filter(mount -> mount.deviceNumber().equals(deviceNumber))
                .map(MountPoint::path);
    }
}
