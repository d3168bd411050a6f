package dev.sluice.e2e.idle;

import csi.v1.NodeGetCapabilitiesRequest;
import csi.v1.NodeGetCapabilitiesResponse;
import csi.v1.NodeGetInfoRequest;
import csi.v1.NodeGetInfoResponse;
import csi.v1.NodeGrpc;
import csi.v1.NodePublishVolumeRequest;
import csi.v1.NodePublishVolumeResponse;
import csi.v1.NodeUnpublishVolumeRequest;
import csi.v1.NodeUnpublishVolumeResponse;
import dev.sluice.rpc.Calls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Every volume is the same empty folder of the node. Nothing is staged: the kubelet calls publish and unpublish, and no more. */
final class IdleNode extends NodeGrpc.NodeImplBase {
    private final String node;
    private final Path empty;
    private final Mounts mounts;

    IdleNode(String node, Path empty, Mounts mounts) {
        this.node = node;
        this.empty = empty;
        this.mounts = mounts;
    }

    @Override
    public void nodeGetInfo(NodeGetInfoRequest request, StreamObserver<NodeGetInfoResponse> reply) {
        Calls.answer(
                reply, () -> NodeGetInfoResponse.newBuilder().setNodeId(node).build());
    }

    @Override
    public void nodeGetCapabilities(
            NodeGetCapabilitiesRequest request, StreamObserver<NodeGetCapabilitiesResponse> reply) {
        Calls.answer(reply, NodeGetCapabilitiesResponse::getDefaultInstance);
    }

    @Override
    public void nodePublishVolume(NodePublishVolumeRequest request, StreamObserver<NodePublishVolumeResponse> reply) {
        Calls.answer(reply, () -> {
            publish(Path.of(request.getTargetPath()));
            return NodePublishVolumeResponse.getDefaultInstance();
        });
    }

    @Override
    public void nodeUnpublishVolume(
            NodeUnpublishVolumeRequest request, StreamObserver<NodeUnpublishVolumeResponse> reply) {
        Calls.answer(reply, () -> {
            unpublish(Path.of(request.getTargetPath()));
            return NodeUnpublishVolumeResponse.getDefaultInstance();
        });
    }

    private void publish(Path target) {
        try {
            Files.createDirectories(target);
        } catch (IOException e) {
            throw new UncheckedIOException(target.toString(), e);
        }
        mounts.bind(empty, target);
    }

    private void unpublish(Path target) {
        mounts.unmount(target);
        try {
            Files.deleteIfExists(target);
        } catch (IOException e) {
            throw new UncheckedIOException(target.toString(), e);
        }
    }
}
