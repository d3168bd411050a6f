package dev.sluice.api;

import io.fabric8.generator.annotation.Required;

/**
 * What an engine copies from, over the wire.
 *
 * @param node serves it
 * @param snapshot id of the snapshot that is served
 * @param sizeBytes bytes that are served
 */
public record Feed(
        @Required String node,
        @Required String snapshot,
        @Required long sizeBytes) {}
