package dev.sluice.node.host.fake;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.util.List;

/** One target of a table; blocks count from the target's start. */
interface FakeTarget {
    long read(long block);

    void write(long block, long count, long value);

    void discard(long block, long count);

    void flush();

    /** The target's words of a status line; with flush it may commit. */
    String status(boolean flush);

    /** Devices beneath that a read-only table still may write to, or not. */
    List<FakeDevice> devices();

    default void message(String message) {
        throw new SluiceException(ErrorKind.HOST, "message not understood: " + message);
    }

    /** Called when its table is swapped out or its device removed. */
    default void suspended() {}

    /** The arguments that the table shows, of those it was loaded with. */
    default String shown(String loaded) {
        return loaded;
    }
}
