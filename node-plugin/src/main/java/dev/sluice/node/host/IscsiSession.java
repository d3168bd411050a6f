package dev.sluice.node.host;

import org.jspecify.annotations.Nullable;

/**
 * A session of this node's initiator.
 *
 * @param connected logged in now; false while the kernel tries to reconnect
 * @param disk the disk of LUN 0, null while there is none
 */
public record IscsiSession(
        String iqn, boolean connected, @Nullable BlockDevice disk) {}
