package dev.sluice.node.stack;

import java.time.Instant;

/**
 * A snapshot that was taken.
 *
 * @param whole false while it still needs the origin of its source
 */
public record SnapshotFacts(String lvUuid, long sizeBytes, Instant creationTime, boolean whole) {}
