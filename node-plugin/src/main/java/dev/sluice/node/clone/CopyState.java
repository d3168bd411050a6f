package dev.sluice.node.clone;

/** How far the copy on a logical volume is, as its tag says. */
public enum CopyState {
    /** Allocated without an origin, never formatted: the one state in which formatting is allowed. */
    VIRGIN,
    /** Not known to be of one instant, or to have the bitmap of its hydrating source: never used, thrown away and taken anew. */
    TAKING,
    /** Allocated for a remote origin, never exposed: the engine's metadata may still be begun anew. */
    STACKING,
    /** A pod may have written to it through the engine: the engine's metadata is part of the data now. */
    EXPOSED,
    /** Whole on its own. */
    LINEAR
}
