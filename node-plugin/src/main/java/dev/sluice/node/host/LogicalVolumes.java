package dev.sluice.node.host;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** LVM. Every change is durable when the method returns. */
public interface LogicalVolumes {
    /** All logical volumes of the configured volume groups. One report, kept until this process changes something. */
    List<LogicalVolume> list();

    Optional<LogicalVolume> find(String volumeGroup, String name);

    /** Creates the volume if it is absent, activates it if it is not active. NO_SPACE when the group or pool has no room. */
    LogicalVolume ensure(LogicalVolumeRequest request);

    /** Replaces tags and flushes them to the disks before it returns. */
    LogicalVolume retag(LogicalVolume volume, Set<String> remove, Set<String> add);

    /** Grows it to at least the size; larger already is success. */
    LogicalVolume extend(LogicalVolume volume, long sizeBytes);

    /** Removes exactly the volume of this UUID; absent is success. IN_USE when a device above holds it. */
    void remove(String volumeGroup, String lvUuid);
}
