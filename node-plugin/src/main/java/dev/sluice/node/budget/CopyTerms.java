package dev.sluice.node.budget;

import org.jspecify.annotations.Nullable;

/**
 * What others let one copy have.
 *
 * @param origin the node that feeds it; null while that is unknown
 * @param allowedBytesPerSecond what that node gives it; null for no limit
 * @param queued how many others copy before it; null when it may copy
 */
public record CopyTerms(
        @Nullable String origin,
        @Nullable Long allowedBytesPerSecond,
        @Nullable Integer queued) {
    public static final CopyTerms NONE = new CopyTerms(null, null, null);
}
