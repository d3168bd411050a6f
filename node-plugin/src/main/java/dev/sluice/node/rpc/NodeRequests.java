package dev.sluice.node.rpc;

import csi.v1.NodeExpandVolumeRequest;
import csi.v1.NodeGetVolumeStatsRequest;
import csi.v1.NodePublishVolumeRequest;
import csi.v1.NodeStageVolumeRequest;
import csi.v1.NodeUnpublishVolumeRequest;
import csi.v1.NodeUnstageVolumeRequest;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.Passphrase;
import dev.sluice.node.mount.Access;
import dev.sluice.node.mount.PublishOrder;
import dev.sluice.node.mount.StageOrder;
import io.grpc.Context;
import io.grpc.Deadline;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads requests into records. What is wrong with a request is said here, before anything is done. */
final class NodeRequests {
    // The kubelet gives a call two minutes; an answer must leave before, or its reason is lost.
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(110);
    private static final Duration MARGIN = Duration.ofSeconds(2);

    /** In a node-stage or node-expand secret. */
    private static final String PASSPHRASE = "encryptionPassphrase";

    private final Path kubeletDir;

    NodeRequests(Path kubeletDir) {
        this.kubeletDir = kubeletDir;
    }

    /** A volume and where it is. */
    record Placed(String volume, Path path) {}

    record Expansion(
            String volume,
            Path path,
            long requiredBytes,
            @Nullable Passphrase passphrase) {}

    StageOrder stage(NodeStageVolumeRequest request) {
        String volume = required("volume_id", request.getVolumeId());
        Path staging = path("staging_target_path", request.getStagingTargetPath());
        Access access = Capabilities.access(request.hasVolumeCapability(), request.getVolumeCapability());
        return new StageOrder(ours(volume), staging, access, patience(), passphrase(request.getSecretsMap()));
    }

    Placed unstage(NodeUnstageVolumeRequest request) {
        String volume = required("volume_id", request.getVolumeId());
        return new Placed(volume, path("staging_target_path", request.getStagingTargetPath()));
    }

    PublishOrder publish(NodePublishVolumeRequest request) {
        String volume = required("volume_id", request.getVolumeId());
        Path target = path("target_path", request.getTargetPath());
        Access access = Capabilities.access(request.hasVolumeCapability(), request.getVolumeCapability());
        if (request.getStagingTargetPath().isEmpty()) {
            throw new SluiceException(
                    ErrorKind.IN_USE, "volume " + volume + " is not staged: the request has no staging_target_path");
        }
        Path staging = path("staging_target_path", request.getStagingTargetPath());
        return new PublishOrder(ours(volume), staging, target, access.restrictedTo(request.getReadonly()));
    }

    Placed unpublish(NodeUnpublishVolumeRequest request) {
        String volume = required("volume_id", request.getVolumeId());
        return new Placed(volume, path("target_path", request.getTargetPath()));
    }

    Placed stats(NodeGetVolumeStatsRequest request) {
        String volume = required("volume_id", request.getVolumeId());
        String path = required("volume_path", request.getVolumePath());
        return new Placed(ours(volume), asked(volume, path));
    }

    // Only looked at, never mounted: wherever it is, the volume is not there.
    private Path asked(String volume, String path) {
        try {
            return path("volume_path", path);
        } catch (SluiceException elsewhere) {
            throw new SluiceException(
                    ErrorKind.NOT_FOUND, "volume " + volume + " is not there: " + elsewhere.getMessage(), elsewhere);
        }
    }

    Expansion expand(NodeExpandVolumeRequest request) {
        String volume = required("volume_id", request.getVolumeId());
        String path = required("volume_path", request.getVolumePath());
        long bytes = request.getCapacityRange().getRequiredBytes();
        if (bytes < 0) {
            throw invalid("capacity_range.required_bytes is " + bytes + ", it cannot be negative");
        }
        return new Expansion(ours(volume), path("volume_path", path), bytes, passphrase(request.getSecretsMap()));
    }

    private static @Nullable Passphrase passphrase(Map<String, String> secrets) {
        String text = secrets.getOrDefault(PASSPHRASE, "");
        return text.isEmpty() ? null : new Passphrase(text);
    }

    private static Duration patience() {
        Deadline deadline = Context.current().getDeadline();
        if (deadline == null) {
            return LONGEST_WAIT;
        }
        Duration left =
                Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS)).minus(MARGIN);
        return left.compareTo(LONGEST_WAIT) < 0 ? left : LONGEST_WAIT;
    }

    private static String ours(String volume) {
        if (!Names.isVolumeId(volume)) {
            throw new SluiceException(ErrorKind.NOT_FOUND, "no volume has the id given: it is not one of Sluice's");
        }
        return volume;
    }

    // Everything the kubelet asks for is in its own folder; a path elsewhere would let a caller mount over the host.
    private Path path(String field, String text) {
        try {
            Path path = Path.of(required(field, text));
            if (path.isAbsolute() && path.equals(path.normalize()) && path.startsWith(kubeletDir)) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw invalid(field + " is not a path");
        }
        throw invalid(field + " must be an absolute path inside " + kubeletDir);
    }

    private static String required(String field, String value) {
        if (value.isEmpty()) {
            throw invalid(field + " is missing");
        }
        return value;
    }

    private static SluiceException invalid(String message) {
        return new SluiceException(ErrorKind.INVALID, message);
    }
}
