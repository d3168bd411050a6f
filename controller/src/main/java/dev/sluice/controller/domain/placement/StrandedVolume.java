package dev.sluice.controller.domain.placement;

/**
 * A volume that cannot come to the node of its pod.
 *
 * @param reason a word, NoSpace or Unfit
 */
public record StrandedVolume(String volume, String node, String reason, String message) {}
