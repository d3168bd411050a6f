package dev.sluice.node.host;

import java.util.List;
import java.util.Optional;

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

    /** A message to the target at sector 0. */
    void message(String name, String message);

    /** Absent is success. IN_USE when anyone has it open: mounts, raw-block users, devices above. Never deferred. */
    void remove(String name);
}
