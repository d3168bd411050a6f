package dev.sluice.e2e.cluster;

/** What may befall a node. */
public interface Faults {
    /** A power cut: whatever was not flushed is gone. */
    void kill(String node);

    void boot(String node);

    /** Drops all packets between two nodes. */
    void cut(String node, String other);

    void heal();
}
