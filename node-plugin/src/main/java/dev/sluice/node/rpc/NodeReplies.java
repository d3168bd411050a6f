package dev.sluice.node.rpc;

import csi.v1.NodeGetCapabilitiesResponse;
import csi.v1.NodeGetInfoResponse;
import csi.v1.NodeGetVolumeStatsResponse;
import csi.v1.NodeServiceCapability;
import csi.v1.NodeServiceCapability.RPC;
import csi.v1.Topology;
import csi.v1.VolumeUsage;
import dev.sluice.names.Names;
import dev.sluice.node.host.FileSystems;
import dev.sluice.node.mount.VolumeFigures.Figures;
import java.util.List;

/** Writes replies from records. */
final class NodeReplies {
    // A hydrating volume takes four devices and a session; a few hundred is what one node has been seen to carry.
    private static final int MOST_VOLUMES = 256;

    private NodeReplies() {}

    static NodeGetVolumeStatsResponse stats(Figures figures) {
        return switch (figures) {
            case Figures.Raw raw ->
                NodeGetVolumeStatsResponse.newBuilder()
                        .addUsage(VolumeUsage.newBuilder()
                                .setUnit(VolumeUsage.Unit.BYTES)
                                .setTotal(raw.totalBytes()))
                        .build();
            case Figures.Mounted mounted -> mounted(mounted.usage());
        };
    }

    static NodeGetCapabilitiesResponse capabilities() {
        NodeGetCapabilitiesResponse.Builder reply = NodeGetCapabilitiesResponse.newBuilder();
        List.of(
                        RPC.Type.STAGE_UNSTAGE_VOLUME,
                        RPC.Type.GET_VOLUME_STATS,
                        RPC.Type.EXPAND_VOLUME,
                        RPC.Type.SINGLE_NODE_MULTI_WRITER)
                .forEach(type -> reply.addCapabilities(NodeServiceCapability.newBuilder()
                        .setRpc(RPC.newBuilder().setType(type))));
        return reply.build();
    }

    static NodeGetInfoResponse info(String node, List<String> pools) {
        Topology.Builder topology = Topology.newBuilder().putSegments(Names.TOPOLOGY_NODE, node);
        pools.forEach(pool -> topology.putSegments(Names.poolTopologyKey(pool), "true"));
        return NodeGetInfoResponse.newBuilder()
                .setNodeId(node)
                .setMaxVolumesPerNode(MOST_VOLUMES)
                .setAccessibleTopology(topology)
                .build();
    }

    private static NodeGetVolumeStatsResponse mounted(FileSystems.Usage usage) {
        NodeGetVolumeStatsResponse.Builder reply = NodeGetVolumeStatsResponse.newBuilder()
                .addUsage(VolumeUsage.newBuilder()
                        .setUnit(VolumeUsage.Unit.BYTES)
                        .setTotal(usage.totalBytes())
                        .setUsed(usage.usedBytes())
                        .setAvailable(usage.availableBytes()));
        // btrfs makes inodes as it needs them and counts none.
        if (usage.totalInodes() > 0) {
            reply.addUsage(VolumeUsage.newBuilder()
                    .setUnit(VolumeUsage.Unit.INODES)
                    .setTotal(usage.totalInodes())
                    .setUsed(usage.usedInodes())
                    .setAvailable(usage.freeInodes()));
        }
        return reply.build();
    }
}
