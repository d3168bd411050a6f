package dev.sluice.node.host;

/** One line of the mount table: device number as major:minor, and where it is. */
public record MountPoint(String deviceNumber, String path, String fsType, boolean readOnly) {}
