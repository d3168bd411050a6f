package dev.sluice.node.stack;

import dev.sluice.names.Names;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.LuksDevice;
import dev.sluice.node.host.MappedDevice;
import java.util.Optional;

/** The top of a volume's stack as it is now: what mounts and pods hold. */
public final class PodDevices {
    private PodDevices() {}

    /** The decrypted device where there is one, else the outer; empty when the volume has neither. */
    public static Optional<BlockDevice> find(Host host, String id) {
        return host.luks()
                .find(Names.luksDevice(id))
                .map(LuksDevice::device)
                .or(() -> host.deviceMapper().find(Names.outerDevice(id)).map(MappedDevice::device));
    }
}
