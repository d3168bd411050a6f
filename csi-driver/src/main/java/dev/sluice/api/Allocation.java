package dev.sluice.api;

import io.fabric8.generator.annotation.Required;

/** The storage that was given to a volume, written once: an LV named here that is not there is lost, never made anew. */
public record Allocation(@Required String vgUuid, @Required String lvUuid) {}
