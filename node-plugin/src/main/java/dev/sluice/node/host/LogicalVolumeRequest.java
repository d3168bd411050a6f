package dev.sluice.node.host;

import java.util.Set;

/** A logical volume to be there. Where one of that name exists, it is only activated: size and tags are not touched. */
public sealed interface LogicalVolumeRequest {
    String volumeGroup();

    String name();

    Set<String> tags();

    /** A thin volume that reads as zeros. */
    record Thin(String volumeGroup, String pool, String name, long sizeBytes, Set<String> tags)
            implements LogicalVolumeRequest {}

    /** A thin snapshot, crash-consistent, of another thin volume of the group; it is activated like any other. */
    record ThinSnapshot(String volumeGroup, String origin, String name, Set<String> tags)
            implements LogicalVolumeRequest {}

    /** A plain volume, outside the thin pool, whose content is whatever the disk held before. */
    record Plain(String volumeGroup, String name, long sizeBytes, Set<String> tags) implements LogicalVolumeRequest {}
}
