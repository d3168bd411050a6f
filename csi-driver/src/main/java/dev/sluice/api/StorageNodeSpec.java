package dev.sluice.api;

import org.jspecify.annotations.Nullable;

/**
 * What an administrator asks of a node.
 *
 * @param evacuate move everything away
 * @param maxBytesPerSecondIn bytes a second of background copying towards this node, all together; null means no limit
 * @param maxBytesPerSecondOut bytes a second of background copying from this node, all together; null means no limit
 * @param maxBytesPerSecondPerSource bytes a second of background copying from one volume of this node and its snapshots; null means
 *     no limit
 */
public record StorageNodeSpec(
        boolean evacuate,
        @Nullable Long maxBytesPerSecondIn,
        @Nullable Long maxBytesPerSecondOut,
        @Nullable Long maxBytesPerSecondPerSource) {
    public static final StorageNodeSpec DEFAULT = new StorageNodeSpec(false, null, null);

    /** Without a limit for each source. */
    public StorageNodeSpec(boolean evacuate, @Nullable Long maxBytesPerSecondIn, @Nullable Long maxBytesPerSecondOut) {
        this(evacuate, maxBytesPerSecondIn, maxBytesPerSecondOut, null);
    }
}
