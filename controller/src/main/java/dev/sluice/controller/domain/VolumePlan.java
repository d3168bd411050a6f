package dev.sluice.controller.domain;

import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.Feed;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeRecovery;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.names.Names;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written next for one volume. Pure, and level-triggered: it may be cut after any step and made again from what is
 * observed then.
 */
public final class VolumePlan {
    private final Family family;
    private final VolumeSpec spec;
    private final Retention retention;
    private final List<Step> steps = new ArrayList<>();

    private VolumePlan(Family family) {
        this.family = family;
        this.spec = family.volume().spec();
        this.retention = new Retention(family);
    }

    public static List<Step> of(Family family) {
        return new VolumePlan(family).plan();
    }

    private List<Step> plan() {
        if (spec.state() == DesiredState.ABSENT) {
            planAbsent();
        } else {
            planPresent();
        }
        return List.copyOf(steps);
    }

    private void planPresent() {
        Origin origin = spec.origin();
        if (!needsOrigin()) {
            release();
        } else {
            // Kept from before the volume moved on; whoever is fed now is not fed from these.
            family.exports().stream().filter(retention::isOver).forEach(this::release);
            if (origin != null) {
                planOrigin(origin);
            }
        }
        steps.addAll(HydrationPlan.of(family));
    }

    // A node that still uses its origin must be the first to go: the export is its disk.
    private void planAbsent() {
        steps.addAll(HydrationPlan.of(family));
        // What the home was just giving up is held open by that export: both go at once.
        family.exports().stream()
                .filter(each -> each.spec().epoch() > spec.epoch())
                .forEach(this::release);
        if (!homeIsDone()) {
            return;
        }
        release();
        if (family.exports().isEmpty() && family.snapshots().isEmpty() && lostCopiesAreGone()) {
            steps.add(new Step.ForgetVolume(family.volume()));
        }
    }

    private void planOrigin(Origin origin) {
        Feed feed = spec.feed();
        if (feed == null || origin.kind() == OriginKind.NODE) {
            return;
        }
        String snapshot = feed.snapshot();
        boolean frozen = !spec.originIsRemote()
                || origin.kind() == OriginKind.SNAPSHOT
                || family.snapshots().stream().anyMatch(each -> each.key().equals(snapshot));
        if (!frozen && mayFreezeSource()) {
            steps.add(new Step.CreateSnapshot(snapshot, snapshotSpec(origin)));
            frozen = true;
        }
        String export = Names.export(id(), spec.epoch());
        if (frozen && family.exports().stream().noneMatch(each -> each.key().equals(export))) {
            steps.add(new Step.CreateExport(
                    export,
                    new ExportSpec(snapshot, feed.node(), spec.home(), id(), spec.epoch(), DesiredState.PRESENT)));
        }
    }

    // Once a byte may have been read, a second snapshot would mix two points in time: a lost one stays lost.
    private boolean mayFreezeSource() {
        VolumeStatus status = currentStatus();
        boolean exposed =
                status != null && status.phase() != VolumePhase.PENDING && status.phase() != VolumePhase.ALLOCATED;
        return !exposed && family.exports().isEmpty();
    }

    private SnapshotSpec snapshotSpec(Origin origin) {
        return new SnapshotSpec(
                id(),
                origin.name(),
                origin.node(),
                spec.pool(),
                true,
                id(),
                DesiredState.PRESENT,
                origin.feed(),
                spec.hydration().maxBytesPerSecond(),
                spec.mode(),
                spec.fsType(),
                spec.encryption(),
                null);
    }

    // Exports before snapshots: a snapshot that is still served cannot be removed. The last export first: a former home
    // reads what it
    // serves from those before.
    private void release() {
        Optional<Stored<ExportSpec, ExportStatus>> last = family.exports().stream()
                .filter(each -> each.spec().epoch() <= spec.epoch() && !retention.keeps(each) && !feedsLost(each))
                .max(Comparator.comparingLong(each -> each.spec().epoch()));
        if (last.isPresent()) {
            retention
                    .begin(last.get())
                    .ifPresentOrElse(
                            until -> steps.add(new Step.RetainExport(last.get(), until)), () -> release(last.get()));
            return;
        }
        if (family.exports().stream().anyMatch(this::feedsLost)) {
            return;
        }
        for (Stored<SnapshotSpec, SnapshotStatus> snapshot : family.snapshots()) {
            boolean ordered = snapshot.spec().state() == DesiredState.ABSENT;
            SnapshotStatus status = snapshot.status();
            ServedPhase phase = status == null ? null : status.phase();
            if (!ordered) {
                if (!family.held().contains(snapshot.key())) {
                    steps.add(new Step.ReleaseSnapshot(snapshot));
                }
            } else if (isGone(phase, snapshot.spec().node())) {
                steps.add(new Step.ForgetSnapshot(snapshot));
            }
        }
    }

    private void release(Stored<ExportSpec, ExportStatus> export) {
        ExportStatus status = export.status();
        String copy = status == null ? null : status.lvUuid();
        boolean stopped = export.spec().state() == DesiredState.ABSENT;
        if (stopped && isGone(phase(export), export.spec().originNode())) {
            steps.add(new Step.ForgetExport(export));
        } else if (!stopped || !Objects.equals(export.spec().release(), copy)) {
            if (!family.held().contains(export.key())) {
                steps.add(new Step.ReleaseExport(export, copy));
            }
        }
    }

    private static @Nullable ServedPhase phase(Stored<ExportSpec, ExportStatus> export) {
        ExportStatus status = export.status();
        return status == null ? null : status.phase();
    }

    private boolean isGone(@Nullable ServedPhase phase, String node) {
        return phase == ServedPhase.REMOVED || family.forgotten().contains(node);
    }

    private boolean feedsLost(Stored<ExportSpec, ExportStatus> export) {
        return spec.state() == DesiredState.PRESENT && VolumeRecovery.of(spec).holds(export.spec());
    }

    /** Copies that were given up by order go with the volume. */
    private boolean lostCopiesAreGone() {
        return VolumeRecovery.of(spec).copies().stream()
                .allMatch(lost -> family.forgotten().contains(lost.node()));
    }

    private boolean needsOrigin() {
        return !Sources.isWhole(family.volume());
    }

    private boolean homeIsDone() {
        VolumeStatus status = family.volume().status();
        boolean removed = status != null && status.phase() == VolumePhase.REMOVED;
        return removed || family.forgotten().contains(spec.home());
    }

    private @Nullable VolumeStatus currentStatus() {
        VolumeStatus status = family.volume().status();
        return status != null && status.epoch() == spec.epoch() ? status : null;
    }

    private String id() {
        return family.volume().key();
    }
}
