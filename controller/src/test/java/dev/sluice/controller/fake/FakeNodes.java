package dev.sluice.controller.fake;

import dev.sluice.api.Allocation;
import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.HeldVolume;
import dev.sluice.api.LostCopy;
import dev.sluice.api.Origin;
import dev.sluice.api.Regression;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeRecovery;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.controller.domain.NodeView;
import dev.sluice.controller.domain.Stored;
import dev.sluice.names.Names;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Plays the nodes' part: whatever is ordered is done, unless a switch says otherwise. */
public final class FakeNodes {
    /** Nodes that do nothing. */
    public final Set<String> away = new HashSet<>();
    /** Nodes whose pool turns out to be full. */
    public final Set<String> full = new HashSet<>();

    private final FakeRegistry registry;
    private final FakeCopies copies;
    private final FakeSnapshots snapshots;

    FakeNodes(FakeRegistry registry) {
        this.registry = registry;
        this.copies = new FakeCopies(registry);
        this.snapshots = new FakeSnapshots(registry, copies, full);
    }

    public void hydrate(String id) {
        Stored<VolumeSpec, VolumeStatus> volume = registry.volumes.find(id).orElseThrow();
        copies.hydrate(id, volume.spec().home(), volume.spec().epoch());
        registry.volumes.report(id, status(volume, VolumePhase.READY, true));
    }

    public void hydrateSnapshot(String id) {
        snapshots.hydrate(id);
    }

    void act() {
        registry.snapshots.findAll().stream()
                .filter(each -> isHere(each.spec().node()))
                .forEach(snapshots::act);
        registry.exports.findAll().stream()
                .filter(each -> isHere(each.spec().originNode()))
                .forEach(this::export);
        registry.volumes.findAll().forEach(this::keepClosed);
        registry.volumes.findAll().stream()
                .filter(each -> isHere(each.spec().home()))
                .forEach(this::stack);
    }

    /** What a node says that it has. */
    List<HeldVolume> held(String node) {
        return copies.held(node);
    }

    public boolean isOpen(String volume, String node, long epoch) {
        return copies.isOpen(volume, node, epoch);
    }

    /** A new machine under the old name. */
    public void reimage(String node) {
        copies.forget(node);
        registry.change();
    }

    private void keepClosed(Stored<VolumeSpec, VolumeStatus> volume) {
        VolumeSpec spec = volume.spec();
        for (LostCopy lost : VolumeRecovery.of(spec).copies()) {
            boolean used = lost.node().equals(spec.home())
                    && lost.epoch() == spec.epoch()
                    && registry.attachments(volume.key()).contains(lost.node());
            if (isHere(lost.node()) && !used && !copies.isDone(volume.key(), lost)) {
                copies.keepClosed(volume.key(), lost);
            }
        }
    }

    /** Why the home does not open the volume, as its tags and what others published tell it. */
    private @Nullable String refusal(Stored<VolumeSpec, VolumeStatus> volume) {
        VolumeSpec spec = volume.spec();
        boolean here = copies.isHere(volume.key(), spec.home(), spec.epoch());
        Map<String, List<HeldVolume>> others = registry.findAll().stream()
                .filter(node -> !node.name().equals(spec.home()))
                .collect(Collectors.toMap(NodeView::name, NodeView::inventory));
        if (Regression.find(volume.key(), spec, others).isPresent()
                || here && !copies.isOpen(volume.key(), spec.home(), spec.epoch())) {
            return Regression.REASON;
        }
        VolumeStatus status = volume.status();
        boolean made = status != null && status.epoch() == spec.epoch() && status.allocated() != null;
        return made && !here ? "OriginUnavailable" : null;
    }

    private void refuse(Stored<VolumeSpec, VolumeStatus> volume, String reason) {
        long epoch = volume.spec().epoch();
        VolumeStatus known = Optional.ofNullable(volume.status())
                .filter(status -> status.epoch() == epoch)
                .orElseGet(() -> new VolumeStatus(epoch, VolumePhase.FAILED, null, false, null, null, null, null));
        registry.volumes.report(
                volume.key(),
                new VolumeStatus(
                        epoch,
                        VolumePhase.FAILED,
                        known.allocated(),
                        known.hydrated(),
                        known.sizeBytes(),
                        reason,
                        reason,
                        null));
    }

    private boolean isHere(String node) {
        return !away.contains(node);
    }

    /** Nodes that have something of a snapshot. */
    public List<String> nodesOf(String snapshot) {
        return snapshots.nodesOf(snapshot);
    }

    /** Whether no node but this has a copy of the volume. */
    public boolean isOnlyOn(String volume, String node) {
        return copies.isOnlyOn(volume, node);
    }

    private void export(Stored<ExportSpec, ExportStatus> export) {
        if (export.spec().sourceIsVolume()) {
            copies.export(export);
            return;
        }
        if (export.spec().state() == DesiredState.ABSENT && export.spec().release() != null) {
            snapshots.release(export.key(), export.spec());
            return;
        }
        if (export.spec().state() == DesiredState.ABSENT) {
            requireClientGone(export.spec());
            registry.exports.report(export.key(), exportStatus(ServedPhase.REMOVED));
            return;
        }
        boolean frozen = registry.snapshots
                .find(export.spec().source())
                .map(Stored::status)
                .map(status -> status.phase() == ServedPhase.READY)
                .orElse(false);
        if (frozen) {
            registry.exports.report(export.key(), exportStatus(ServedPhase.READY));
        }
    }

    private void requireClientGone(ExportSpec spec) {
        VolumeStatus client =
                registry.volumes.find(spec.volume()).map(Stored::status).orElse(null);
        SnapshotStatus copy =
                registry.snapshots.find(spec.volume()).map(Stored::status).orElse(null);
        boolean gone = client != null && (client.hydrated() || client.phase() == VolumePhase.REMOVED)
                || copy != null && (Boolean.TRUE.equals(copy.hydrated()) || copy.phase() == ServedPhase.REMOVED);
        if (!gone && registry.find(spec.clientNode()).isPresent()) {
            throw new AssertionError("an export was ordered away under its client");
        }
    }

    private static ExportStatus exportStatus(ServedPhase phase) {
        return new ExportStatus(phase, "10.0.0.1:3260", "iqn", 0, "serial", 1L, null, null, null, null, null);
    }

    private void stack(Stored<VolumeSpec, VolumeStatus> volume) {
        VolumeSpec spec = volume.spec();
        if (spec.state() == DesiredState.ABSENT) {
            if (!copies.isServed(volume.key(), spec.home(), spec.epoch())) {
                copies.remove(volume.key(), spec.home(), spec.epoch());
                registry.volumes.report(volume.key(), status(volume, VolumePhase.REMOVED, false));
            }
        } else if (spec.target() != null || isToBeGivenUp(spec)) {
            return;
        } else if (refusal(volume) != null) {
            refuse(volume, Objects.requireNonNull(refusal(volume)));
        } else if (volume.status() == null
                || volume.status().epoch() != spec.epoch()
                || volume.status().allocated() == null) {
            copies.open(volume.key(), spec, !spec.originIsRemote());
            allocate(volume);
        } else if (volume.status().phase() == VolumePhase.ALLOCATED && exportIsReady(volume)) {
            registry.volumes.report(volume.key(), status(volume, VolumePhase.READY, false));
        } else if (!Long.valueOf(spec.sizeBytes()).equals(volume.status().sizeBytes())
                || volume.status().reason() != null) {
            grow(volume, volume.status());
        }
    }

    private static boolean isToBeGivenUp(VolumeSpec spec) {
        return VolumeRecovery.of(spec).on(spec.home()).stream().anyMatch(lost -> lost.epoch() == spec.epoch());
    }

    private void allocate(Stored<VolumeSpec, VolumeStatus> volume) {
        if (full.contains(volume.spec().home())) {
            registry.volumes.report(
                    volume.key(),
                    new VolumeStatus(
                            volume.spec().epoch(), VolumePhase.FAILED, null, false, null, "NoSpace", "full", null));
            return;
        }
        boolean remote = volume.spec().originIsRemote() || isFed(volume.spec());
        registry.volumes.report(
                volume.key(), status(volume, remote ? VolumePhase.ALLOCATED : VolumePhase.READY, !remote));
    }

    /** Beside its source, which is still hydrating. */
    private boolean isFed(VolumeSpec spec) {
        Origin origin = spec.origin();
        if (origin == null || origin.feed() == null) {
            return false;
        }
        boolean whole = registry.volumes
                        .find(origin.name())
                        .map(Stored::status)
                        .map(VolumeStatus::hydrated)
                        .orElse(false)
                || registry.snapshots
                        .find(origin.name())
                        .map(Stored::status)
                        .map(status -> !Boolean.FALSE.equals(status.hydrated()))
                        .orElse(false);
        return !whole;
    }

    private void grow(Stored<VolumeSpec, VolumeStatus> volume, VolumeStatus status) {
        long wanted = volume.spec().sizeBytes();
        long has = status.sizeBytes() == null ? 0 : status.sizeBytes();
        boolean noRoom = wanted > has && full.contains(volume.spec().home());
        registry.volumes.report(
                volume.key(),
                new VolumeStatus(
                        status.epoch(),
                        status.phase(),
                        status.allocated(),
                        status.hydrated(),
                        noRoom ? has : Math.max(has, wanted),
                        noRoom ? "NoSpace" : null,
                        noRoom ? "NoSpace: cannot grow to " + wanted : null,
                        null));
    }

    private boolean exportIsReady(Stored<VolumeSpec, VolumeStatus> volume) {
        Origin origin = volume.spec().origin();
        String export = Names.export(volume.key(), volume.spec().epoch());
        return origin != null
                && registry.exports
                        .find(export)
                        .map(Stored::status)
                        .map(status -> status.phase() == ServedPhase.READY)
                        .orElse(false);
    }

    private static VolumeStatus status(Stored<VolumeSpec, VolumeStatus> volume, VolumePhase phase, boolean hydrated) {
        return new VolumeStatus(
                volume.spec().epoch(),
                phase,
                new Allocation(
                        "vg",
                        FakeCopies.lvUuid(
                                volume.key(),
                                volume.spec().home(),
                                volume.spec().epoch())),
                hydrated,
                volume.spec().sizeBytes(),
                null,
                null,
                null);
    }
}
