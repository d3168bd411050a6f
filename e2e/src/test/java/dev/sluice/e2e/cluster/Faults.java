package dev.sluice.e2e.cluster;

import java.time.Duration;

/** What may befall a node. */
public interface Faults {
    /** A power cut: whatever was not flushed is gone. */
    void kill(String node);

    /** An orderly shutdown; returns when the node is off, and fails where it does not go down in good time. */
    void halt(String node);

    void boot(String node);

    /** Drops all packets between two nodes. */
    void cut(String node, String other);

    /** Drops all packets between a node and everyone. */
    void cut(String node);

    /** Ends the API server; what runs on the nodes runs on. */
    void cutApi();

    /** Restores what {@link #cut} and {@link #cutApi} took; returns when the API answers. */
    void heal();

    /** Holds every packet of a node for so long, in each direction, until the result is closed. */
    Delay delay(String node, Duration time);

    /** A way that is longer for a while. */
    interface Delay extends AutoCloseable {
        @Override
        void close();
    }
}
