package dev.sluice.api;

import org.jspecify.annotations.Nullable;

/**
 * Which of all copies in the cluster go first.
 *
 * @param priority of the volume; higher goes first
 * @param urgency among copies of one priority
 * @param before how many others copy first, when this one has to wait for them; null when it may copy
 */
public record CopyTurn(
        int priority, Urgency urgency, @Nullable Integer before) {}
