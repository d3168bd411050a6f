package dev.sluice.node.rpc;

import csi.v1.NodeExpandVolumeRequest;
import csi.v1.NodeExpandVolumeResponse;
import csi.v1.NodeGetCapabilitiesRequest;
import csi.v1.NodeGetCapabilitiesResponse;
import csi.v1.NodeGetInfoRequest;
import csi.v1.NodeGetInfoResponse;
import csi.v1.NodeGetVolumeStatsRequest;
import csi.v1.NodeGetVolumeStatsResponse;
import csi.v1.NodeGrpc;
import csi.v1.NodePublishVolumeRequest;
import csi.v1.NodePublishVolumeResponse;
import csi.v1.NodeStageVolumeRequest;
import csi.v1.NodeStageVolumeResponse;
import csi.v1.NodeUnpublishVolumeRequest;
import csi.v1.NodeUnpublishVolumeResponse;
import csi.v1.NodeUnstageVolumeRequest;
import csi.v1.NodeUnstageVolumeResponse;
import dev.sluice.names.Names;
import dev.sluice.node.mount.Publishing;
import dev.sluice.node.mount.Staging;
import dev.sluice.node.mount.VolumeFigures;
import dev.sluice.node.mount.VolumeLocks;
import dev.sluice.rpc.Calls;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;

/** What the kubelet calls. */
public final class NodeService extends NodeGrpc.NodeImplBase {
    private final NodeGetInfoResponse info;
    private final NodeRequests requests;
    private final Staging staging;
    private final Publishing publishing;
    private final VolumeFigures figures;
    private final VolumeLocks locks = new VolumeLocks();

    public NodeService(
            String node,
            List<String> pools,
            Path kubeletDir,
            Staging staging,
            Publishing publishing,
            VolumeFigures figures) {
        this.info = NodeReplies.info(node, pools);
        this.requests = new NodeRequests(kubeletDir);
        this.staging = staging;
        this.publishing = publishing;
        this.figures = figures;
    }

    @Override
    public void nodeStageVolume(NodeStageVolumeRequest request, StreamObserver<NodeStageVolumeResponse> reply) {
        Calls.answer(reply, () -> {
            var order = requests.stage(request);
            return locks.holding(order.volume(), () -> {
                staging.stage(order);
                return NodeStageVolumeResponse.getDefaultInstance();
            });
        });
    }

    @Override
    public void nodeUnstageVolume(NodeUnstageVolumeRequest request, StreamObserver<NodeUnstageVolumeResponse> reply) {
        Calls.answer(reply, () -> {
            var order = requests.unstage(request);
            return locks.holding(order.volume(), () -> {
                // A volume that is not ours was never staged: that it is gone is true.
                if (Names.isVolumeId(order.volume())) {
                    staging.unstage(order.volume(), order.path());
                }
                return NodeUnstageVolumeResponse.getDefaultInstance();
            });
        });
    }

    @Override
    public void nodePublishVolume(NodePublishVolumeRequest request, StreamObserver<NodePublishVolumeResponse> reply) {
        Calls.answer(reply, () -> {
            var order = requests.publish(request);
            return locks.holding(order.volume(), () -> {
                publishing.publish(order);
                return NodePublishVolumeResponse.getDefaultInstance();
            });
        });
    }

    @Override
    public void nodeUnpublishVolume(
            NodeUnpublishVolumeRequest request, StreamObserver<NodeUnpublishVolumeResponse> reply) {
        Calls.answer(reply, () -> {
            var order = requests.unpublish(request);
            return locks.holding(order.volume(), () -> {
                if (Names.isVolumeId(order.volume())) {
                    publishing.unpublish(order.path());
                }
                return NodeUnpublishVolumeResponse.getDefaultInstance();
            });
        });
    }

    // Reads only, so no lock: figures are asked for while a pod starts beside.
    @Override
    public void nodeGetVolumeStats(
            NodeGetVolumeStatsRequest request, StreamObserver<NodeGetVolumeStatsResponse> reply) {
        Calls.answer(reply, () -> {
            var place = requests.stats(request);
            return NodeReplies.stats(figures.figures(place.volume(), place.path()));
        });
    }

    @Override
    public void nodeExpandVolume(NodeExpandVolumeRequest request, StreamObserver<NodeExpandVolumeResponse> reply) {
        Calls.answer(reply, () -> {
            var order = requests.expand(request);
            return locks.holding(
                    order.volume(),
                    () -> NodeExpandVolumeResponse.newBuilder()
                            .setCapacityBytes(figures.expand(
                                    order.volume(), order.path(), order.requiredBytes(), order.passphrase()))
                            .build());
        });
    }

    @Override
    public void nodeGetCapabilities(
            NodeGetCapabilitiesRequest request, StreamObserver<NodeGetCapabilitiesResponse> reply) {
        Calls.answer(reply, NodeReplies::capabilities);
    }

    @Override
    public void nodeGetInfo(NodeGetInfoRequest request, StreamObserver<NodeGetInfoResponse> reply) {
        Calls.answer(reply, () -> info);
    }
}
