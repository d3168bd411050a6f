package dev.sluice.controller.domain;

import dev.sluice.api.CloneHydrationSpec;
import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A volume and everything that was made for it, as observed.
 *
 * @param snapshots internal ones only; a user's snapshot has a life of its own
 * @param held snapshots and exports of these that others need too: they are not released yet
 * @param hydration whatever CloneHydration stands beside the PVC, this volume's or not
 * @param claimUid uid of the PVC, when it is there, is this volume's, and the hydration does not go with it already
 * @param crowded nodes on which room is short: nothing is kept there that nobody needs
 * @param forgotten nodes whose StorageNode was deleted: nothing is waited for from them
 */
public record Family(
        Stored<VolumeSpec, VolumeStatus> volume,
        List<Stored<SnapshotSpec, SnapshotStatus>> snapshots,
        List<Stored<ExportSpec, ExportStatus>> exports,
        Set<String> held,
        Optional<Stored<CloneHydrationSpec, CloneHydrationStatus>> hydration,
        Optional<String> claimUid,
        Set<String> forgotten,
        Set<String> crowded,
        Instant now) {}
