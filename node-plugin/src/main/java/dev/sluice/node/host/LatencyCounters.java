package dev.sluice.node.host;

import java.util.Optional;

/** How long the I/O of a mapped device takes, as the kernel counts it. */
public interface LatencyCounters {
    /** It is counted from now on; nothing is done where it is already. Waits until the I/O in flight has ended, and holds what comes. */
    void ensure(String mappedDevice);

    /** Since counting began, flushes left out. Empty when it is not counted, or there is no such device. */
    Optional<Latencies> find(String mappedDevice);

    /** Nothing is counted any more; absent is success. */
    void remove(String mappedDevice);
}
