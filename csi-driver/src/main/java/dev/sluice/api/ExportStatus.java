package dev.sluice.api;

import org.jspecify.annotations.Nullable;

/**
 * What the origin's node says of an export; what a client needs to log in, except the secrets, which both ends derive.
 *
 * @param portal address:port
 * @param serial unit serial of the LUN, by which the client knows that the disk it found is the right one
 * @param sizeBytes bytes of the LUN
 * @param consentedEpoch for a move: the epoch for which the old home has given the volume up; it never opens its copy again
 * @param lvUuid for a move: LVM's identity of the copy that was given up
 * @param empty for a move: true when the volume has no content yet, so that there is nothing to serve
 * @param digestBytes for a move: bytes of the LUN with the hashes, once it is served; null before, and where none were asked for
 * @param allowedBytesPerSecond bytes a second that the client may copy in the background; null for no limit
 * @param usedMap what was ever used of what is served, for the client's node plugin; "none" when it cannot be told; null while it is not known
 */
public record ExportStatus(
        ServedPhase phase,
        @Nullable String portal,
        @Nullable String iqn,
        @Nullable Integer lun,
        @Nullable String serial,
        @Nullable Long sizeBytes,
        @Nullable Long consentedEpoch,
        @Nullable String lvUuid,
        @Nullable Boolean empty,
        @Nullable String reason,
        @Nullable String message,
        @Nullable Long digestBytes,
        @Nullable Long allowedBytesPerSecond,
        @Nullable String usedMap) {
    /** Without hashes, a limit and a map. */
    public ExportStatus(
            ServedPhase phase,
            @Nullable String portal,
            @Nullable String iqn,
            @Nullable Integer lun,
            @Nullable String serial,
            @Nullable Long sizeBytes,
            @Nullable Long consentedEpoch,
            @Nullable String lvUuid,
            @Nullable Boolean empty,
            @Nullable String reason,
            @Nullable String message) {
        this(
                phase,
                portal,
                iqn,
                lun,
                serial,
                sizeBytes,
                consentedEpoch,
                lvUuid,
                empty,
                reason,
                message,
                null,
                null,
                null);
    }

    /** @param bytesPerSecond null for no limit */
    public ExportStatus allowing(@Nullable Long bytesPerSecond) {
        return with(digestBytes, bytesPerSecond, usedMap);
    }

    /** The same, with the hashes of what is served. */
    public ExportStatus withDigests(long bytes) {
        return with(bytes, allowedBytesPerSecond, usedMap);
    }

    /** The same, with the map of what is served. */
    public ExportStatus withUsedMap(String map) {
        return with(digestBytes, allowedBytesPerSecond, map);
    }

    private ExportStatus with(@Nullable Long digests, @Nullable Long allowed, @Nullable String map) {
        return new ExportStatus(
                phase,
                portal,
                iqn,
                lun,
                serial,
                sizeBytes,
                consentedEpoch,
                lvUuid,
                empty,
                reason,
                message,
                digests,
                allowed,
                map);
    }
}
