package dev.sluice.controller.domain;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.CloneHydrationSpec;
import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import org.jspecify.annotations.Nullable;

/** One write that brings a volume's family nearer to what it should be. Release orders a node to remove; forget drops the object. */
public sealed interface Step {
    record CreateSnapshot(String id, SnapshotSpec spec) implements Step {}

    record CreateExport(String name, ExportSpec spec) implements Step {}

    record CreateHydration(String key, CloneHydrationSpec spec) implements Step {}

    record OwnHydration(String key, ClaimReference claim, String claimUid) implements Step {}

    record RemoveHydration(Stored<CloneHydrationSpec, CloneHydrationStatus> hydration) implements Step {}

    record CopyBudget(Stored<VolumeSpec, VolumeStatus> volume, HydrationSettings settings) implements Step {}

    /** @param lvUuid of the copy that was given up, to be removed now; null to remove none */
    record ReleaseExport(
            Stored<ExportSpec, ExportStatus> export,
            @Nullable String lvUuid) implements Step {}

    /** Of a copy that nobody reads any more: kept all the same. */
    record RetainExport(Stored<ExportSpec, ExportStatus> export, String until) implements Step {}

    /** A release that came too late: the old home had given the volume up. */
    record KeepExport(Stored<ExportSpec, ExportStatus> export) implements Step {}

    /** @param node null when the volume stays */
    record SetTarget(
            Stored<VolumeSpec, VolumeStatus> volume,
            @Nullable String node) implements Step {}

    /** The target becomes the home, one epoch further. */
    record Move(
            Stored<VolumeSpec, VolumeStatus> volume,
            @Nullable Origin origin) implements Step {}

    /** A snapshot is to be copied to this node, which becomes its home. */
    record SetSnapshotTarget(Stored<SnapshotSpec, SnapshotStatus> snapshot, String node) {}

    /** The one write of an order to go on without a copy, or of its refusal. */
    record Recover(Stored<VolumeSpec, VolumeStatus> volume, VolumeSpec spec) implements Step {}

    record ReleaseSnapshot(Stored<SnapshotSpec, SnapshotStatus> snapshot) implements Step {}

    record ForgetExport(Stored<ExportSpec, ExportStatus> export) implements Step {}

    record ForgetSnapshot(Stored<SnapshotSpec, SnapshotStatus> snapshot) implements Step {}

    record ForgetVolume(Stored<VolumeSpec, VolumeStatus> volume) implements Step {}
}
