package dev.sluice.node.host;

/** What the machine has left to compute with. */
public interface Processors {
    /** At most half a second old; NONE where it is not known. */
    ProcessorTime time();
}
