package dev.sluice.node.host;

/** All the ports, for the places where they are wired together. */
public record Host(
        LogicalVolumes logicalVolumes,
        Pools pools,
        DeviceMapper deviceMapper,
        IscsiTargets targets,
        IscsiSessions sessions,
        Mounts mounts,
        FileSystems fileSystems,
        BlockDevices blockDevices,
        DeviceRanges ranges,
        UsedBlocks usedBlocks,
        Pauses pauses,
        Luks luks,
        LatencyCounters latencies,
        Processors processors,
        Shutdown shutdown) {}
