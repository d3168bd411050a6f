package dev.sluice.node.host;

/**
 * A target this node serves: one LUN 0, one initiator, read-only.
 *
 * @param serial unit serial of the LUN
 * @param portal address:port it listens on
 */
public record IscsiTarget(String iqn, String initiator, String devicePath, String serial, String portal) {}
