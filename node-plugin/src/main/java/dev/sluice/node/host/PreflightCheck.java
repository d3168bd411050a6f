package dev.sluice.node.host;

/**
 * One thing a node needs.
 *
 * @param name condition type, for example DmThin
 * @param reason CamelCase
 * @param message what was found, and for a failure what to install or load
 */
public record PreflightCheck(String name, boolean passed, boolean required, String reason, String message) {}
