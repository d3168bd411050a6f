package dev.sluice.api;

import io.fabric8.generator.annotation.Required;

/**
 * One pool of a node.
 *
 * @param vgUuid identity of the storage: a node's name is not one
 * @param sizeBytes bytes of the thin pool's data
 * @param freeBytes bytes not yet mapped by any volume or snapshot
 * @param metadataPercent how full the thin pool's metadata is, 0 to 100
 * @param chunkBytes bytes of a thin chunk
 */
public record PoolStatus(
        @Required String name,
        @Required String volumeGroup,
        @Required String thinPool,
        @Required String vgUuid,
        @Required long sizeBytes,
        @Required long freeBytes,
        int metadataPercent,
        @Required long chunkBytes) {}
