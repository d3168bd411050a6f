package dev.sluice.controller.domain;

import dev.sluice.api.CloneHydrationSpec;
import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;

/** Everything the controller reads and writes. */
public record Registry(
        Shelf<VolumeSpec, VolumeStatus> volumes,
        Shelf<SnapshotSpec, SnapshotStatus> snapshots,
        Shelf<ExportSpec, ExportStatus> exports,
        Shelf<CloneHydrationSpec, CloneHydrationStatus> hydrations,
        NodeRegistry nodes,
        ClaimRegistry claims) {}
