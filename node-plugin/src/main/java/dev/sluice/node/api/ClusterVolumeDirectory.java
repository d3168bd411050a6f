package dev.sluice.node.api;

import dev.sluice.api.AttachmentStatus;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Origin;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.mount.ReadyVolume;
import dev.sluice.node.mount.VolumeDirectory;
import dev.sluice.node.stack.VolumeContent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The cluster's volumes, as staging sees them. */
public final class ClusterVolumeDirectory implements VolumeDirectory {
    private final NodeClusterAccess cluster;
    private final VolumeBoard board;
    private final Clock clock;

    public ClusterVolumeDirectory(NodeClusterAccess cluster, VolumeBoard board, Clock clock) {
        this.cluster = cluster;
        this.board = board;
        this.clock = clock;
    }

    @Override
    public ReadyVolume awaitReady(String id, Duration patience) {
        Instant end = clock.instant().plus(patience);
        VolumeSpec spec = find(id);
        if (!spec.home().equals(cluster.node())) {
            spec = awaitHome(id, end);
        }
        long epoch = spec.epoch();
        boolean ready = board.await(
                id,
                entry -> entry.epoch() == epoch && entry.outcome().phase() == VolumePhase.READY,
                Duration.between(clock.instant(), end));
        if (!ready) {
            throw notReady(id, spec);
        }
        Origin origin = spec.origin();
        boolean grown = origin != null && spec.sizeBytes() > origin.sizeBytes();
        return new ReadyVolume(id, spec.mode(), VolumeContent.of(spec), grown);
    }

    @Override
    public void createAttachment(String volume) {
        cluster.createAttachment(volume);
    }

    @Override
    public void removeAttachment(String volume) {
        cluster.removeAttachment(volume);
    }

    @Override
    public List<String> attachments() {
        return cluster.attachedVolumes();
    }

    private VolumeSpec find(String id) {
        return present(cluster.findVolume(id).orElse(null))
                .orElseThrow(() -> new SluiceException(ErrorKind.NOT_FOUND, "volume " + id + " does not exist"));
    }

    /** The move is the controller's and the old home's; a place without room is told at once, for the pod to go elsewhere. */
    private VolumeSpec awaitHome(String id, Instant end) {
        var unused = cluster.awaitHome(
                id, answer -> StatusReasons.NO_SPACE.equals(answer.reason()), Duration.between(clock.instant(), end));
        VolumeSpec spec = find(id);
        if (spec.home().equals(cluster.node())) {
            return spec;
        }
        Optional<AttachmentStatus> answer = cluster.findAnswer(id);
        boolean full = answer.map(AttachmentStatus::reason)
                .filter(StatusReasons.NO_SPACE::equals)
                .isPresent();
        String why = answer.map(AttachmentStatus::message)
                .orElse("volume " + id + " lives on node " + spec.home() + "; the controller has not answered yet");
        // Both leave the kubelet uncertain: see StatusReasons.
        throw new SluiceException(
                full ? ErrorKind.NO_SPACE : ErrorKind.UNAVAILABLE,
                "volume " + id + " cannot be used on " + cluster.node() + " yet: " + why);
    }

    private static Optional<VolumeSpec> present(@Nullable Volume volume) {
        return Optional.ofNullable(volume).map(Volume::getSpec).filter(spec -> spec.state() == DesiredState.PRESENT);
    }

    private SluiceException notReady(String id, VolumeSpec spec) {
        Optional<VolumeBoard.Entry> entry = board.find(id).filter(candidate -> candidate.epoch() == spec.epoch());
        String reason = entry.map(known -> known.outcome().reason()).orElse("NotReconciled");
        String message = entry.map(known -> known.outcome().message()).orElse("this node has not come to it yet");
        Origin origin = spec.origin();
        String from = origin == null || !spec.originIsRemote() ? "" : " (its origin is on node " + origin.node() + ")";
        ErrorKind kind = StatusReasons.kind(reason);
        return new SluiceException(kind, "volume " + id + " is not ready" + from + ": " + reason + ": " + message);
    }
}
