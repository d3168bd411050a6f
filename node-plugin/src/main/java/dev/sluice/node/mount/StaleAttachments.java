package dev.sluice.node.mount;

import dev.sluice.names.Names;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.LuksDevice;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Withdraws declarations of use that a reboot or a forced removal left behind: nothing is mounted and nobody has the device open. */
public final class StaleAttachments {
    private static final Logger log = LoggerFactory.getLogger(StaleAttachments.class);

    private final VolumeDirectory volumes;
    private final Host host;

    public StaleAttachments(VolumeDirectory volumes, Host host) {
        this.volumes = volumes;
        this.host = host;
    }

    /** Only before the first NodeStage: a declaration precedes its mount. */
    public void remove() {
        for (String volume : volumes.attachments()) {
            if (!isUsed(volume)) {
                log.info("nothing on this node uses volume {} any more, its attachment is withdrawn", volume);
                volumes.removeAttachment(volume);
            }
        }
    }

    private boolean isUsed(String volume) {
        // A decrypted device holds the outer one open, whether or not anyone uses it.
        Optional<LuksDevice> luks = host.luks().find(Names.luksDevice(volume));
        if (luks.isPresent()) {
            return isUsed(luks.get().device(), luks.get().openCount());
        }
        return host.deviceMapper()
                .find(Names.outerDevice(volume))
                .filter(outer -> isUsed(outer.device(), outer.openCount()))
                .isPresent();
    }

    private boolean isUsed(BlockDevice device, int openCount) {
        return openCount > 0 || MountTable.has(host.mounts(), device.number());
    }
}
