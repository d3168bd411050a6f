package dev.sluice.controller.domain;

import dev.sluice.api.DesiredState;
import dev.sluice.api.Feed;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Regression;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds what a clone or a snapshot is made from, and refuses what cannot be frozen now. */
public final class Sources {
    private final Registry registry;

    public Sources(Registry registry) {
        this.registry = registry;
    }

    Source resolve(Source.Reference reference) {
        return switch (reference.kind()) {
            case VOLUME -> volume(reference.id());
            case SNAPSHOT -> snapshot(reference.id());
            case NODE -> throw new SluiceException(ErrorKind.INVALID, "a node is not a source of volumes");
        };
    }

    Stored<VolumeSpec, VolumeStatus> liveVolume(String id) {
        Stored<VolumeSpec, VolumeStatus> volume = present(id);
        requireAlive(volume.spec().home(), id);
        requireSettled(volume);
        return volume;
    }

    private static void requireSettled(Stored<VolumeSpec, VolumeStatus> volume) {
        VolumeStatus status = volume.status();
        if (status == null || status.allocated() == null) {
            throw new SluiceException(
                    ErrorKind.UNAVAILABLE, "source volume " + volume.key() + " is not made yet; retry");
        }
        if (Regression.REASON.equals(status.reason())) {
            throw new SluiceException(ErrorKind.UNAVAILABLE, "source volume " + volume.key() + ": " + status.message());
        }
        Origin origin = volume.spec().origin();
        boolean moving = volume.spec().target() != null
                || status.epoch() != volume.spec().epoch();
        boolean moved = origin != null && origin.kind() == OriginKind.NODE && !isWhole(volume);
        if (moving || moved) {
            throw new SluiceException(
                    ErrorKind.UNAVAILABLE,
                    "source volume " + volume.key() + (moving ? " is moving" : " has moved and is still hydrating")
                            + "; retry when that has ended");
        }
    }

    /** What a volume is still hydrating from; null when it is whole. A copy that is made of it now needs the same. */
    static @Nullable Feed feed(Stored<VolumeSpec, VolumeStatus> volume) {
        return isWhole(volume) ? null : volume.spec().feed();
    }

    /** Whether its home has told that every byte is there, of this epoch. */
    static boolean isWhole(Stored<VolumeSpec, VolumeStatus> volume) {
        VolumeStatus status = volume.status();
        return status != null && status.epoch() == volume.spec().epoch() && status.hydrated();
    }

    Stored<VolumeSpec, VolumeStatus> present(String id) {
        if (!Names.isVolumeId(id)) {
            throw new SluiceException(ErrorKind.NOT_FOUND, "the source volume does not exist");
        }
        return registry.volumes()
                .find(id)
                .filter(each -> each.spec().state() == DesiredState.PRESENT)
                .orElseThrow(() -> new SluiceException(ErrorKind.NOT_FOUND, "source volume " + id + " does not exist"));
    }

    private Source volume(String id) {
        Stored<VolumeSpec, VolumeStatus> volume = liveVolume(id);
        VolumeSpec spec = volume.spec();
        long size = sizeOf(id);
        return new Source(
                OriginKind.VOLUME,
                id,
                spec.home(),
                spec.pool(),
                size,
                spec.mode(),
                spec.fsType(),
                spec.encryption(),
                feed(volume));
    }

    private long sizeOf(String id) {
        Stored<VolumeSpec, VolumeStatus> volume = present(id);
        VolumeStatus status = volume.status();
        Long size = status == null ? null : status.sizeBytes();
        return size == null ? volume.spec().sizeBytes() : size;
    }

    private Source snapshot(String id) {
        Stored<SnapshotSpec, SnapshotStatus> snapshot = Optional.of(id)
                .filter(Names::isSnapshotId)
                .flatMap(registry.snapshots()::find)
                .filter(each -> !each.spec().internal() && each.spec().state() == DesiredState.PRESENT)
                .orElseThrow(() -> new SluiceException(ErrorKind.NOT_FOUND, "the source snapshot does not exist"));
        SnapshotSpec spec = snapshot.spec();
        requireAlive(spec.node(), id);
        SnapshotStatus status = snapshot.status();
        if (status == null || status.phase() != ServedPhase.READY || spec.isOfFormerHome(status)) {
            throw new SluiceException(ErrorKind.UNAVAILABLE, "source snapshot " + id + " is not ready yet; retry");
        }
        long size = Objects.requireNonNull(status.sizeBytes(), "a ready snapshot has a size");
        Feed feed = Boolean.FALSE.equals(status.hydrated()) ? spec.feed() : null;
        // An object without a mode was written by a version that kept neither that nor the file system, and knew no
        // encryption.
        Optional<VolumeSpec> taken = spec.mode() != null
                ? Optional.empty()
                : registry.volumes().find(spec.sourceVolume()).map(Stored::spec);
        return new Source(
                OriginKind.SNAPSHOT,
                id,
                spec.node(),
                spec.pool(),
                size,
                taken.map(VolumeSpec::mode).orElse(spec.mode()),
                taken.map(VolumeSpec::fsType).orElse(spec.fsType()),
                taken.map(VolumeSpec::encryption).orElse(spec.encryption()),
                feed);
    }

    private void requireAlive(String node, String id) {
        if (!registry.nodes().find(node).map(NodeView::alive).orElse(false)) {
            throw new SluiceException(
                    ErrorKind.UNAVAILABLE, "node " + node + ", which has " + id + ", is away; retry when it is back");
        }
    }
}
