package dev.sluice.node.stack;

import java.time.Instant;

/** A snapshot that was taken. */
public record SnapshotFacts(String lvUuid, long sizeBytes, Instant creationTime) {}
