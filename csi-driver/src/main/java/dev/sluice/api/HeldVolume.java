package dev.sluice.api;

import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/**
 * A volume a node has a copy of, and the epoch of that copy, read from the tags on the logical volume.
 *
 * @param closedFor the epoch for which the copy was given up; absent while it is open
 * @param whole false while it needs bytes of another node; absent from a node that does not tell
 * @param lvUuid LVM's identity of the copy
 */
public record HeldVolume(
        @Required String volume,
        @Required long epoch,
        @Nullable Long closedFor,
        @Nullable Boolean whole,
        @Nullable String lvUuid) {
    /** A copy of which no more is known. */
    public HeldVolume(String volume, long epoch) {
        this(volume, epoch, null, null, null);
    }
}
