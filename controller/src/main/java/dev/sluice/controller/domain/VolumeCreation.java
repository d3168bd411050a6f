package dev.sluice.controller.domain;

import dev.sluice.api.DesiredState;
import dev.sluice.api.Feed;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Regression;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.filesystem.FileSystemType;
import dev.sluice.names.Names;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes a volume: create or verify the object, make what it needs, wait for the nodes. */
public final class VolumeCreation {
    public static final String DEFAULT_FILE_SYSTEM = "ext4";
    private static final long FIRST_EPOCH = 1;

    private final Registry registry;
    private final Families families;
    private final Sources sources;
    private final Removal removal;
    private final RetainedCopies retained;

    VolumeCreation(Registry registry, Families families, Sources sources, Removal removal, RetainedCopies retained) {
        this.registry = registry;
        this.families = families;
        this.sources = sources;
        this.removal = removal;
        this.retained = retained;
    }

    public Stored<VolumeSpec, VolumeStatus> create(VolumeRequest request, Deadline deadline) {
        String id = Names.volumeId(request.name());
        if (registry.volumes().find(id).isEmpty()) {
            registry.volumes().create(id, specify(id, request));
        }
        Stored<VolumeSpec, VolumeStatus> volume = registry.volumes()
                .find(id)
                .orElseThrow(() -> new SluiceException(ErrorKind.BUSY, "volume " + id + " is being deleted; retry"));
        verify(volume, request);
        requireSourceThere(volume);
        families.advance(id);
        awaitFrozenSource(volume, deadline);
        return awaitAllocated(volume, deadline);
    }

    private VolumeSpec specify(String id, VolumeRequest request) {
        Source.Reference reference = request.source();
        Source source = reference == null ? null : sources.resolve(reference);
        String fsType = source == null ? fileSystem(request) : inherited(request, source);
        long size = request.size().choose(source == null ? 0 : source.sizeBytes());
        if (source == null && fsType != null) {
            FileSystemType.named(fsType).requireSize(size);
        }
        NodeChoice.Home home = home(request, size, source);
        return new VolumeSpec(
                request.name(),
                size,
                home.pool(),
                request.mode(),
                fsType,
                request.placement(),
                home.node(),
                null,
                FIRST_EPOCH,
                source == null ? null : origin(id, source, home.node()),
                request.claim(),
                request.hydration(),
                DesiredState.PRESENT,
                source == null ? request.mkfsOptions() : null,
                request.encryption());
    }

    private NodeChoice.Home home(VolumeRequest request, long size, @Nullable Source source) {
        List<NodeView> nodes = registry.nodes().findAll();
        try {
            return NodeChoice.choose(request, nodes, size, source);
        } catch (SluiceException e) {
            if (e.kind() == ErrorKind.NO_SPACE) {
                // For when it is asked again.
                retained.makeRoom(nodes.stream()
                        .filter(request.topology()::allows)
                        .map(NodeView::name)
                        .toList());
            }
            throw e;
        }
    }

    private static @Nullable String fileSystem(VolumeRequest request) {
        if (request.mode() == VolumeMode.BLOCK) {
            return null;
        }
        return request.fsType() == null ? DEFAULT_FILE_SYSTEM : request.fsType();
    }

    private static @Nullable String inherited(VolumeRequest request, Source source) {
        requireSameEncryption(request, source);
        if (source.mode() != null && source.mode() != request.mode()) {
            throw new SluiceException(
                    ErrorKind.INVALID,
                    "source " + source.id() + " has volume mode " + source.mode() + ", the request asks for "
                            + request.mode() + ": a clone has its source's mode");
        }
        if (source.fsType() != null
                && request.fsType() != null
                && !source.fsType().equals(request.fsType())) {
            throw new SluiceException(
                    ErrorKind.INVALID,
                    "source " + source.id() + " has file system " + source.fsType() + ", the request asks for "
                            + request.fsType() + ": a clone has its source's file system");
        }
        return source.fsType() == null ? fileSystem(request) : source.fsType();
    }

    // The clone has its source's bytes: a LUKS header with its ciphertext, or a plain file system.
    private static void requireSameEncryption(VolumeRequest request, Source source) {
        if (source.encryption() != null && request.encryption() == null) {
            throw new SluiceException(
                    ErrorKind.INVALID,
                    "source " + source.id() + " is encrypted, and so must be what is made from it: use a StorageClass"
                            + " with encrypted: \"true\" and the same key secret");
        }
        if (source.encryption() == null && request.encryption() != null) {
            throw new SluiceException(
                    ErrorKind.INVALID,
                    "source " + source.id() + " is not encrypted, and what is made from it has its bytes: use a"
                            + " StorageClass without encrypted, or copy the files into a new encrypted volume");
        }
    }

    private static Origin origin(String id, Source source, String home) {
        boolean remote = !source.node().equals(home);
        String frozen = source.kind() == OriginKind.SNAPSHOT ? source.id() : Names.cloneSnapshotId(id);
        boolean shared = !remote && source.kind() == OriginKind.VOLUME;
        // A snapshot that is served to another node holds what it needs itself.
        Feed feed = remote && source.kind() == OriginKind.SNAPSHOT ? null : source.feed();
        return new Origin(source.kind(), source.id(), source.node(), shared ? null : frozen, source.sizeBytes(), feed);
    }

    private void verify(Stored<VolumeSpec, VolumeStatus> volume, VolumeRequest request) {
        VolumeSpec spec = volume.spec();
        if (spec.state() == DesiredState.ABSENT) {
            throw new SluiceException(ErrorKind.BUSY, "volume " + volume.key() + " is being deleted; retry");
        }
        boolean same = request.size().contains(spec.sizeBytes())
                && spec.mode() == request.mode()
                && spec.placement() == request.placement()
                && (request.fsType() == null || request.fsType().equals(spec.fsType()))
                && (request.pool() == null || request.pool().equals(spec.pool()))
                && sameRegion(spec.hydration(), request.hydration())
                && Objects.equals(spec.encryption(), request.encryption())
                && sameSource(spec.origin(), request.source());
        if (!same) {
            throw new SluiceException(
                    ErrorKind.ALREADY_EXISTS,
                    "a volume of this name exists with other parameters (" + volume.key() + ", " + spec.sizeBytes()
                            + " bytes, pool " + spec.pool() + ")");
        }
    }

    private static boolean sameRegion(HydrationSettings has, HydrationSettings asked) {
        return asked.regionBytes() == null || asked.regionBytes().equals(has.regionBytes());
    }

    private static boolean sameSource(@Nullable Origin origin, Source.@Nullable Reference source) {
        if (origin == null || source == null) {
            return origin == null && source == null;
        }
        return origin.kind() == OriginKind.NODE
                || (origin.kind() == source.kind() && origin.name().equals(source.id()));
    }

    /**
     * A snapshot that left its node between the choice of that node and the writing of the volume: whoever removes what it left there need not
     * have seen the volume. Written first and looked at afterwards, one of the two sees the other.
     */
    private void requireSourceThere(Stored<VolumeSpec, VolumeStatus> volume) {
        Origin origin = volume.spec().origin();
        VolumeStatus status = volume.status();
        boolean reads = status != null && (status.phase() == VolumePhase.READY || status.hydrated());
        if (origin == null || origin.kind() != OriginKind.SNAPSHOT || reads) {
            return;
        }
        boolean left = registry.snapshots()
                .find(origin.name())
                .filter(snapshot -> !snapshot.spec().node().equals(origin.node()))
                .isPresent();
        if (left) {
            SluiceException undone = removal.undo(volume.key(), null, "its snapshot has left node " + origin.node());
            throw new SluiceException(ErrorKind.BUSY, undone.getMessage() + "; it is made anew, retry");
        }
    }

    private void awaitFrozenSource(Stored<VolumeSpec, VolumeStatus> volume, Deadline deadline) {
        Origin origin = volume.spec().origin();
        VolumeStatus known = volume.status();
        boolean hydrated = known != null && known.hydrated();
        if (origin == null || hydrated || origin.kind() != OriginKind.VOLUME || origin.snapshot() == null) {
            return;
        }
        Optional<SnapshotStatus> last = registry.snapshots()
                .await(origin.snapshot(), VolumeCreation::isSettled, deadline.left())
                .map(Stored::status);
        ServedPhase phase = last.map(SnapshotStatus::phase).orElse(ServedPhase.PENDING);
        if (phase == ServedPhase.FAILED) {
            throw removal.undo(volume.key(), last.get().reason(), last.get().message());
        }
        if (phase != ServedPhase.READY) {
            throw removal.stillWorking(origin.node(), "the snapshot of source volume " + origin.name());
        }
    }

    private static boolean isSettled(Optional<Stored<SnapshotSpec, SnapshotStatus>> snapshot) {
        return snapshot.map(Stored::status)
                .map(status -> status.phase() != ServedPhase.PENDING)
                .orElse(false);
    }

    private Stored<VolumeSpec, VolumeStatus> awaitAllocated(
            Stored<VolumeSpec, VolumeStatus> volume, Deadline deadline) {
        Stored<VolumeSpec, VolumeStatus> last = registry.volumes()
                .await(volume.key(), VolumeCreation::isDecided, deadline.left())
                .filter(each -> each.spec().state() == DesiredState.PRESENT)
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.BUSY, "volume " + volume.key() + " was deleted meanwhile; retry"));
        VolumeStatus status = last.status();
        if (status != null && status.phase() == VolumePhase.FAILED) {
            throw failed(last.key(), status);
        }
        if (status == null || status.epoch() != last.spec().epoch() || status.allocated() == null) {
            throw removal.stillWorking(last.spec().home(), "volume " + last.key());
        }
        return last;
    }

    /** What was made before and is not to be had now is not undone: it is data, somewhere. */
    private SluiceException failed(String id, VolumeStatus status) {
        if (Regression.REASON.equals(status.reason())) {
            return new SluiceException(ErrorKind.UNAVAILABLE, String.valueOf(status.message()));
        }
        return VolumeStatus.ORIGIN_UNAVAILABLE.equals(status.reason())
                ? Removal.failure(id, status.reason(), status.message())
                : removal.undo(id, status.reason(), status.message());
    }

    /** A node may still tell of a copy that it has just removed. */
    private static boolean isFinal(VolumeStatus status) {
        return status.phase() == VolumePhase.FAILED && !Regression.REASON.equals(status.reason());
    }

    private static boolean isDecided(Optional<Stored<VolumeSpec, VolumeStatus>> volume) {
        if (volume.isEmpty() || volume.get().spec().state() == DesiredState.ABSENT) {
            return true;
        }
        VolumeStatus status = volume.get().status();
        return status != null
                && status.epoch() == volume.get().spec().epoch()
                && (status.allocated() != null || isFinal(status));
    }
}
