package dev.sluice.api;

import java.util.List;

/**
 * Regions of a volume that its origin cannot read.
 *
 * @param count of those that were tried, all of them in vain
 * @param offsets where the first of them begin, in bytes
 */
public record RegionErrors(long count, long regionBytes, List<Long> offsets) {
    /** So many are listed. */
    public static final int MOST = 16;
}
