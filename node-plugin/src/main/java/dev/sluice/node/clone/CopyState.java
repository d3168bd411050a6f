package dev.sluice.node.clone;

/** How far the copy on a logical volume is, as its tag says. */
public enum CopyState {
    /** Allocated without an origin, never formatted: the one state in which formatting is allowed. */
    VIRGIN,
    /** Not known to be of one instant, or to have the bitmap of its hydrating source: never used, thrown away and taken anew. */
    TAKING,
    /** Read through the engine, whose metadata was begun before there was data and is part of it: a pod may have written. */
    EXPOSED,
    /** Whole on its own. */
    LINEAR
}
