package dev.sluice.node.host;

/** Whether this node goes down: from then on no I/O waits for an origin that is away any more, or its file systems could not be unmounted. */
public interface Shutdown {
    /** Once it has, it never ends but with the node. */
    boolean hasBegun();
}
