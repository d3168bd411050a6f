package dev.sluice.node.host;

import java.util.List;

/**
 * A device-mapper device.
 *
 * @param table the live table, empty when none is loaded
 * @param openCount how many hold it open now
 */
public record MappedDevice(
        String name,
        String uuid,
        BlockDevice device,
        List<TableLine> table,
        boolean readOnly,
        boolean suspended,
        int openCount) {}
