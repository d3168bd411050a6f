package dev.sluice.e2e.cluster;

/** What may befall a node. */
public interface Faults {
    /** A power cut: whatever was not flushed is gone. */
    void kill(String node);

    void boot(String node);

    /** Drops all packets between two nodes. */
    void cut(String node, String other);

    /** Drops all packets between a node and everyone. */
    void cut(String node);

    void heal();
}
