package dev.sluice.node.mount;

import dev.sluice.api.VolumeMode;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.MountPoint;
import dev.sluice.node.host.Mounts;
import java.nio.file.Path;
import java.util.Optional;

/** Shows staged volumes to pods by bind mounts: the staged folder, or the device node onto a file. */
public final class Publishing {
    private final OuterDevices devices;
    private final Mounts mounts;

    public Publishing(OuterDevices devices, Mounts mounts) {
        this.devices = devices;
        this.mounts = mounts;
    }

    public void publish(PublishOrder order) {
        BlockDevice device = devices.device(order.volume());
        requireSame(order);
        requireAlone(order, device);
        mounts.ensureBind(source(order, device), order.target(), order.access().readOnly());
    }

    /** Absent is success. */
    public void unpublish(Path target) {
        mounts.remove(target);
    }

    private Path source(PublishOrder order, BlockDevice device) {
        if (order.access().mode() == VolumeMode.BLOCK) {
            return Path.of(device.path());
        }
        boolean staged = MountTable.at(mounts, order.staging())
                .map(MountPoint::deviceNumber)
                .filter(device.number()::equals)
                .isPresent();
        if (!staged) {
            throw new SluiceException(
                    ErrorKind.IN_USE, "volume " + order.volume() + " is not staged at " + order.staging());
        }
        return order.staging();
    }

    private void requireAlone(PublishOrder order, BlockDevice device) {
        if (!order.access().exclusive() || MountTable.at(mounts, order.target()).isPresent()) {
            return;
        }
        MountTable.paths(mounts, device.number())
                .filter(path -> !path.equals(order.staging().toString()))
                .findFirst()
                .ifPresent(path -> {
                    throw new SluiceException(
                            ErrorKind.IN_USE,
                            "volume " + order.volume() + " is published at " + path
                                    + " already, and its access mode is for one pod");
                });
    }

    private void requireSame(PublishOrder order) {
        Optional<MountPoint> there = MountTable.at(mounts, order.target());
        boolean readOnly = order.access().readOnly();
        if (order.access().mode() == VolumeMode.FILESYSTEM
                && there.isPresent()
                && there.get().readOnly() != readOnly) {
            throw new SluiceException(
                    ErrorKind.ALREADY_EXISTS,
                    "volume " + order.volume() + " is published at " + order.target() + " already, "
                            + (readOnly ? "writable" : "read-only"));
        }
    }
}
