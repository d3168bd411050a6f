package dev.sluice.node.mount;

import dev.sluice.api.VolumeMode;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.filesystem.FileSystemType;
import dev.sluice.names.Names;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.BlockDevices;
import dev.sluice.node.host.FileSystems;
import dev.sluice.node.host.MountPoint;
import dev.sluice.node.host.Mounts;
import dev.sluice.node.stack.EncryptedVolumes;
import dev.sluice.node.stack.LostWrites;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes volumes usable on this node: waits for the device, decrypts it and mounts its file system. */
public final class Staging {
    /** For what a file system has to write. Twice that, and what else there is to do, is within 30 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(12);
    /** For what has to be read of an origin before a file system is mounted. */
    private static final Duration MOUNT_PATIENCE = Duration.ofSeconds(60);

    private final VolumeDirectory volumes;
    private final EncryptedVolumes devices;
    private final Mounts mounts;
    private final WaitingMounts waiting;
    private final FileSystems fileSystems;
    private final BlockDevices blockDevices;

    public Staging(
            VolumeDirectory volumes,
            EncryptedVolumes devices,
            LostWrites writes,
            Mounts mounts,
            FileSystems fileSystems,
            BlockDevices blockDevices) {
        this.volumes = volumes;
        this.devices = devices;
        this.mounts = mounts;
        this.waiting = new WaitingMounts(mounts, new WaitingMounts.Origins(writes::giveUp, writes::letGo), PATIENCE);
        this.fileSystems = fileSystems;
        this.blockDevices = blockDevices;
    }

    public void stage(StageOrder order) {
        // Before the wait: it is the declaration that brings a volume here.
        volumes.createAttachment(order.volume());
        ReadyVolume volume = awaitReady(order);
        requireMatch(volume, order.access());
        BlockDevice device = open(volume, order);
        String fsType = volume.fsType();
        if (volume.mode() == VolumeMode.BLOCK || fsType == null) {
            return;
        }
        FileSystemType.named(fsType).requireMountOptions(order.access().mountOptions());
        if (isFree(order, device)) {
            // A copy has its source's UUID until it is first mounted; one that is mounted has its own.
            fileSystems.ensureUuid(device, fsType, Names.fileSystemUuid(order.volume()));
        }
        waiting.make(
                order.volume(),
                order.staging(),
                MOUNT_PATIENCE,
                () -> mounts.ensure(device, order.staging(), fsType, options(fsType, order.access())));
        growIfSmaller(volume, device, order.staging(), fsType);
    }

    /** Absent is success, of the mount and of the declaration. */
    public void unstage(String volume, Path staging) {
        waiting.remove(volume, staging);
        devices.close(volume);
        volumes.removeAttachment(volume);
    }

    private ReadyVolume awaitReady(StageOrder order) {
        try {
            return volumes.awaitReady(order.volume(), order.patience());
        } catch (SluiceException e) {
            if (e.kind() == ErrorKind.NOT_FOUND) {
                volumes.removeAttachment(order.volume());
            }
            throw e;
        }
    }

    private BlockDevice open(ReadyVolume volume, StageOrder order) {
        try {
            return devices.open(volume.id(), volume.content(), order.passphrase());
        } catch (SluiceException e) {
            // The kubelet takes these as final, and does not unstage what it thinks was never staged.
            boolean last = e.kind() == ErrorKind.INVALID || e.kind() == ErrorKind.DATA_LOSS;
            if (last && !devices.isOpen(volume.id())) {
                volumes.removeAttachment(volume.id());
            }
            throw e;
        }
    }

    private static void requireMatch(ReadyVolume volume, Access access) {
        if (volume.mode() != access.mode()) {
            throw new SluiceException(
                    ErrorKind.INVALID,
                    "volume " + volume.id() + " is of mode " + volume.mode() + ", the request asks for "
                            + access.mode());
        }
        if (access.fsType() != null && !access.fsType().equals(volume.fsType())) {
            throw new SluiceException(
                    ErrorKind.INVALID,
                    "volume " + volume.id() + " has " + volume.fsType() + ", the request asks for " + access.fsType());
        }
    }

    private boolean isFree(StageOrder order, BlockDevice device) {
        Optional<MountPoint> there = MountTable.at(mounts, order.staging());
        if (there.isPresent() && !there.get().deviceNumber().equals(device.number())) {
            throw new SluiceException(
                    ErrorKind.ALREADY_EXISTS,
                    order.staging() + " is a mount of device " + there.get().deviceNumber() + ", not of volume "
                            + order.volume());
        }
        return there.isEmpty();
    }

    private static List<String> options(String fsType, Access access) {
        List<String> options = new ArrayList<>(access.mountOptions());
        switch (fsType) {
            // A clone has its source's UUID, and both may be mounted on one node.
            case "xfs" -> options.add("nouuid");
            // A pod that stops is better than one that writes on over lost blocks.
            case "ext4" -> options.add("errors=remount-ro");
            default -> {
                // btrfs turns read-only by itself, and has a UUID of its own.
            }
        }
        return options.stream().distinct().toList();
    }

    private void growIfSmaller(ReadyVolume volume, BlockDevice device, Path staging, String fsType) {
        long deviceBytes = blockDevices.sizeBytes(device);
        // Bookkeeping takes a few per cent of any file system; an eighth less than the device is one that never grew.
        boolean clearlySmaller = fileSystems.usage(staging).totalBytes() < deviceBytes - deviceBytes / 8;
        if (volume.grownClone() || clearlySmaller) {
            fileSystems.grow(device, staging, fsType);
        }
    }
}
