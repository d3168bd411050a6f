package dev.sluice.node.host;

import java.time.Duration;
import java.util.List;

/** Holds the I/O of devices of ours for an instant in which their content does not change. */
public interface Pauses {
    /**
     * Suspends the devices in this order, the file system on each frozen where one is mounted, so the upper before the lower. All or none.
     * They are resumed when the pause ends, and at the deadline whatever the holder is waiting for.
     */
    Pause suspend(List<String> devices, Duration deadline);

    /**
     * Holds back the I/O of one device, no more: no file system is frozen, nothing is written out, so it is as short as what is in flight
     * there takes. It is resumed as any other.
     */
    Pause hold(String device, Duration deadline);

    /** Resumes every device of ours that was left suspended by a process that died in a pause; their names. For the start. */
    List<String> sweep();

    /** Devices that are suspended. */
    interface Pause extends AutoCloseable {
        /** Resumes the devices, the lower first. False when the deadline came before: what was seen meanwhile is of no one instant. */
        boolean end();

        /**
         * Does something that must not happen at any other time: the devices are suspended until it has ended, whatever the deadline. False,
         * and it is not done, when the pause is over.
         */
        boolean during(Runnable action);

        @Override
        default void close() {
            end();
        }
    }
}
