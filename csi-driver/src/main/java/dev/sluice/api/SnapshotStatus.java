package dev.sluice.api;

import org.jspecify.annotations.Nullable;

/**
 * What the node says of a snapshot.
 *
 * @param sizeBytes bytes of the source at that instant
 * @param creationTime RFC 3339, the instant of the snapshot
 */
public record SnapshotStatus(
        ServedPhase phase,
        @Nullable String lvUuid,
        @Nullable Long sizeBytes,
        @Nullable String creationTime,
        @Nullable String reason,
        @Nullable String message) {}
