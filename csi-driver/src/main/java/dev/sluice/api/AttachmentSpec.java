package dev.sluice.api;

import io.fabric8.generator.annotation.Required;

/** A node's claim on a volume for a pod there. Created and deleted by the node. */
public record AttachmentSpec(
        @Required String volume, @Required String node) {}
