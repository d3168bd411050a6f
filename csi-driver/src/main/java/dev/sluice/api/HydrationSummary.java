package dev.sluice.api;

import org.jspecify.annotations.Nullable;

/** The same facts as the numbers beside it, written for the columns of kubectl. */
public record HydrationSummary(
        @Nullable String progress,
        @Nullable String remaining,
        @Nullable String rate,
        @Nullable String eta,
        @Nullable String origin) {}
