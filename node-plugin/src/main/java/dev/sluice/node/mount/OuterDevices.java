package dev.sluice.node.mount;

import dev.sluice.node.host.BlockDevice;

/** The devices pods use. */
@FunctionalInterface
public interface OuterDevices {
    /** NOT_FOUND when the volume has no device on this node. */
    BlockDevice device(String volume);
}
