package dev.sluice.node.host;

/** A pool as configured: a name users know, and where it lives. The thin pool is created in the group when it is absent. */
public record PoolSettings(String name, String volumeGroup, String thinPool) {}
