package dev.sluice.api;

import io.fabric8.generator.annotation.Required;

/** A volume a node has a copy of, and the epoch of that copy, read from the tags on the logical volume. */
public record HeldVolume(@Required String volume, @Required long epoch) {}
