package dev.sluice.api;

import org.jspecify.annotations.Nullable;

/**
 * What an administrator asks of a node.
 *
 * @param evacuate move everything away
 * @param maxBytesPerSecondIn budget of all hydration towards this node, bytes a second; null means no limit
 * @param maxBytesPerSecondOut budget of all exports of this node, bytes a second; null means no limit
 */
public record StorageNodeSpec(
        boolean evacuate,
        @Nullable Long maxBytesPerSecondIn,
        @Nullable Long maxBytesPerSecondOut) {
    public static final StorageNodeSpec DEFAULT = new StorageNodeSpec(false, null, null);
}
