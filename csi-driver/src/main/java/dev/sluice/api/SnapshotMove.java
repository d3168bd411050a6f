package dev.sluice.api;

import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/**
 * That a snapshot is not where it was taken, and how it came to the node that has it now.
 *
 * @param epoch grows by one at each change of its home; where it was taken is 1
 * @param copy id of the volume on the new home that was copied from it, and of which it is taken there
 * @param creationTime RFC 3339, the instant of the snapshot, which is not that of its being taken there
 * @param left the logical volume that is still on its former home; null when that is gone
 */
public record SnapshotMove(
        @Required @Min(2) long epoch,
        @Required String copy,
        @Required String creationTime,
        @Nullable Left left) {
    /** Where it was before, and LVM's identity of what is there. */
    public record Left(@Required String node, @Required String lvUuid) {}

    /** Nothing is left on the former home. */
    public SnapshotMove settled() {
        return new SnapshotMove(epoch, copy, creationTime, null);
    }
}
