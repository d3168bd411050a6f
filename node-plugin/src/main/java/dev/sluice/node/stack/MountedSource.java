package dev.sluice.node.stack;

import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.MountPoint;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A volume whose file system is mounted on this node, and what is done with that before a snapshot.
 *
 * @param device the mapped device it is mounted from: to suspend that is to freeze the file system
 */
record MountedSource(Host host, String volumeId, String device, MountPoint mount) {
    private static final Logger log = LoggerFactory.getLogger(MountedSource.class);

    /** Empty for volumes that nobody has mounted, and for raw devices. */
    static Optional<MountedSource> find(Host host, String volumeId) {
        return PodDevices.find(host, volumeId)
                .map(BlockDevice::number)
                .flatMap(number -> host.mounts().list().stream()
                        .filter(mount -> mount.deviceNumber().equals(number) && !mount.isDeviceNode())
                        .min(Comparator.comparing(MountPoint::readOnly)))
                .map(mount -> new MountedSource(host, volumeId, deviceName(host, volumeId), mount));
    }

    private static String deviceName(Host host, String volumeId) {
        String decrypted = Names.luksDevice(volumeId);
        return host.luks().find(decrypted).isPresent() ? decrypted : Names.outerDevice(volumeId);
    }

    /** What the file system does not use need not be held, nor ever be copied. */
    void trim() {
        settle(path -> host.fileSystems().trim(path));
    }

    /**
     * What waits in the journal would be replayed by each clone over the network, before its pod may start; and what is in memory would be
     * written while the pod waits.
     */
    void checkpoint() {
        settle(path -> host.fileSystems().checkpoint(path));
    }

    /** As far as it goes: without it a snapshot is slower to use, and no less whole. */
    private void settle(Consumer<Path> request) {
        if (mount.readOnly()) {
            return;
        }
        try {
            request.accept(Path.of(mount.path()));
        } catch (SluiceException notSettled) {
            log.info("volume {} is snapshotted as it is: {}", volumeId, notSettled.getMessage());
        }
    }
}
