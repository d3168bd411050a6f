package dev.sluice.api;

import org.jspecify.annotations.Nullable;

/**
 * What background copying may have at present.
 *
 * @param limitedBy the field that says so: maxBytesPerSecond, maxBytesPerSecondIn, maxBytesPerSecondOut, latencyBudget or minBytesPerSecond
 * @param node of whose StorageNode it is a field; null for the volume's own
 */
public record CopyAllowance(
        long bytesPerSecond, String limitedBy, @Nullable String node) {}
