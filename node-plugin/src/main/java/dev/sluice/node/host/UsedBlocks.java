package dev.sluice.node.host;

import java.util.List;

/** What thin volumes use of their pool. */
public interface UsedBlocks {
    /**
     * The ranges of a thin volume that were written at some time up to now, and not discarded since, ascending; all else of it reads as
     * zeros. HOST or UNAVAILABLE whenever that cannot be told for certain.
     */
    List<ByteRange> of(LogicalVolume volume);

    /** Ends what a process that died while it looked has left in the pool. */
    void sweep(PoolSettings pool);
}
