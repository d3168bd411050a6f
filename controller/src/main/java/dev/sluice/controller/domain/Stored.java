package dev.sluice.controller.domain;

import org.jspecify.annotations.Nullable;

/**
 * An object of the API as it was last seen.
 *
 * @param key its name; for a namespaced object namespace/name
 * @param version resource version, the precondition of every write
 * @param owner uid of the object it goes with; null when none is recorded
 */
public record Stored<S, T>(
        String key,
        String uid,
        String version,
        S spec,
        @Nullable T status,
        @Nullable String owner) {}
