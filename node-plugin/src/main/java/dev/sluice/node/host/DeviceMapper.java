package dev.sluice.node.host;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** device-mapper, restricted to devices of ours (uuid prefix SLUICE-). */
public interface DeviceMapper {
    List<MappedDevice> list();

    Optional<MappedDevice> find(String name);

    /**
     * Gives the device this table: created when absent, else loaded beside the live table and swapped by one RESUME (which suspends by
     * itself, with SKIP_LOCKFS and NOFLUSH: a pause of the caller between suspend and resume cannot happen). Verified: the live table is
     * read back. A device that a crash left suspended or without a table is completed the same way.
     */
    MappedDevice load(String name, String uuid, boolean readOnly, List<TableLine> table);

    /** Status lines of the live table; none when there is none, or no device. Without flush nothing is committed or waited for. */
    List<TableLine> status(String name, boolean flush);

    /**
     * Names of the devices to which something happened since the call before: the engine is complete, or its metadata failed, or there is
     * another table. Waits for that, for so long at most. For one caller.
     */
    Set<String> awaitEvents(Duration longest);

    /** A message to the target at sector 0. */
    void message(String name, String message);

    /** Absent is success. IN_USE when anyone has it open: mounts, raw-block users, devices above. Never deferred. */
    void remove(String name);
}
