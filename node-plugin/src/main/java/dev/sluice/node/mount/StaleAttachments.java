package dev.sluice.node.mount;

import dev.sluice.names.Names;
import dev.sluice.node.host.DeviceMapper;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.Mounts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Withdraws declarations of use that a reboot or a forced removal left behind: nothing is mounted and nobody has the device open. */
public final class StaleAttachments {
    private static final Logger log = LoggerFactory.getLogger(StaleAttachments.class);

    private final VolumeDirectory volumes;
    private final DeviceMapper deviceMapper;
    private final Mounts mounts;

    public StaleAttachments(VolumeDirectory volumes, DeviceMapper deviceMapper, Mounts mounts) {
        this.volumes = volumes;
        this.deviceMapper = deviceMapper;
        this.mounts = mounts;
    }

    /** Only before the first NodeStage: a declaration precedes its mount. */
    public void remove() {
        for (String volume : volumes.attachments()) {
            boolean used = deviceMapper
                    .find(Names.outerDevice(volume))
                    .filter(this::inUse)
                    .isPresent();
            if (!used) {
                log.info("nothing on this node uses volume {} any more, its attachment is withdrawn", volume);
                volumes.removeAttachment(volume);
            }
        }
    }

    private boolean inUse(MappedDevice device) {
        return device.openCount() > 0 || MountTable.has(mounts, device.device().number());
    }
}
