package dev.sluice.api;

import org.jspecify.annotations.Nullable;

/**
 * What the node says of a snapshot.
 *
 * @param sizeBytes bytes of the source at that instant
 * @param creationTime RFC 3339, the instant of the snapshot
 * @param hydrated false while it still needs the origin of its source; absent from a node that cannot take such a snapshot
 */
public record SnapshotStatus(
        ServedPhase phase,
        @Nullable String lvUuid,
        @Nullable Long sizeBytes,
        @Nullable String creationTime,
        @Nullable String reason,
        @Nullable String message,
        @Nullable Boolean hydrated) {
    public SnapshotStatus(
            ServedPhase phase,
            @Nullable String lvUuid,
            @Nullable Long sizeBytes,
            @Nullable String creationTime,
            @Nullable String reason,
            @Nullable String message) {
        this(phase, lvUuid, sizeBytes, creationTime, reason, message, null);
    }

    /** Every byte is on the node that has it. */
    public boolean whole() {
        return phase == ServedPhase.READY && lvUuid != null && !Boolean.FALSE.equals(hydrated);
    }
}
