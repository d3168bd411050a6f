package dev.sluice.controller.domain;

import org.jspecify.annotations.Nullable;

/**
 * Somebody asks the Eviction API to end a pod.
 *
 * @param uid which one of that name is meant; null when it was not said
 * @param dryRun nothing will be evicted
 */
public record EvictionRequest(
        String namespace, String pod, @Nullable String uid, boolean dryRun) {}
