package dev.sluice.node.mount;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.BlockDevices;
import dev.sluice.node.host.FileSystems;
import dev.sluice.node.host.MountPoint;
import dev.sluice.node.host.Mounts;
import dev.sluice.node.host.Passphrase;
import dev.sluice.node.stack.EncryptedVolumes;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How full a volume is, and its growth to the size of its device. */
public final class VolumeFigures {
    private final EncryptedVolumes devices;
    private final Mounts mounts;
    private final FileSystems fileSystems;
    private final BlockDevices blockDevices;

    public VolumeFigures(EncryptedVolumes devices, Mounts mounts, FileSystems fileSystems, BlockDevices blockDevices) {
        this.devices = devices;
        this.mounts = mounts;
        this.fileSystems = fileSystems;
        this.blockDevices = blockDevices;
    }

    /** What a volume holds: a device of so many bytes, or a file system. */
    public sealed interface Figures {
        record Raw(long totalBytes) implements Figures {}

        record Mounted(FileSystems.Usage usage) implements Figures {}
    }

    /** NOT_FOUND when the volume is not at the path. */
    public Figures figures(String volume, Path path) {
        BlockDevice device = devices.device(volume);
        MountPoint there = require(volume, device, path);
        return there.isDeviceNode()
                ? new Figures.Raw(blockDevices.sizeBytes(device))
                : new Figures.Mounted(fileSystems.usage(path));
    }

    /**
     * Grows the file system, if there is one, to the device.
     *
     * @param requiredBytes what the caller expects the device to have; 0 for whatever it has
     * @param passphrase of an encrypted volume; null when the request brings none
     * @return bytes of the device
     */
    public long expand(String volume, Path path, long requiredBytes, @Nullable Passphrase passphrase) {
        BlockDevice device = devices.device(volume);
        MountPoint there = require(volume, device, path);
        devices.grow(volume, passphrase);
        long bytes = blockDevices.sizeBytes(device);
        if (bytes < requiredBytes) {
            throw new SluiceException(
                    ErrorKind.STILL_WORKING,
                    "the device of volume " + volume + " has " + bytes + " bytes and is being grown to "
                            + requiredBytes);
        }
        if (!there.isDeviceNode()) {
            fileSystems.grow(device, path, there.fsType());
        }
        return bytes;
    }

    private MountPoint require(String volume, BlockDevice device, Path path) {
        Optional<MountPoint> there =
                MountTable.at(mounts, path).filter(mount -> mount.deviceNumber().equals(device.number()));
        return there.orElseThrow(
                () -> new SluiceException(ErrorKind.NOT_FOUND, "volume " + volume + " is not at " + path));
    }
}
