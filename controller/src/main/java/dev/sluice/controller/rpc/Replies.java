package dev.sluice.controller.rpc;

import com.google.protobuf.Int64Value;
import com.google.protobuf.Timestamp;
import csi.v1.ControllerExpandVolumeResponse;
import csi.v1.ControllerGetCapabilitiesResponse;
import csi.v1.ControllerGetVolumeResponse;
import csi.v1.ControllerServiceCapability;
import csi.v1.ControllerServiceCapability.RPC.Type;
import csi.v1.GetCapacityResponse;
import csi.v1.ListSnapshotsResponse;
import csi.v1.ListVolumesResponse;
import csi.v1.Snapshot;
import csi.v1.Topology;
import csi.v1.Volume;
import csi.v1.VolumeContentSource;
import dev.sluice.api.Origin;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.SnapshotGroup;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.controller.domain.Page;
import dev.sluice.controller.domain.Stored;
import dev.sluice.controller.domain.VolumeChanges;
import dev.sluice.controller.domain.VolumeQueries;
import dev.sluice.names.Names;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What is stored, as CSI messages. */
final class Replies {
    private static final List<Type> SERVED = List.of(
            Type.CREATE_DELETE_VOLUME,
            Type.LIST_VOLUMES,
            Type.LIST_VOLUMES_PUBLISHED_NODES,
            Type.GET_VOLUME,
            Type.GET_CAPACITY,
            Type.CREATE_DELETE_SNAPSHOT,
            Type.LIST_SNAPSHOTS,
            Type.GET_SNAPSHOT,
            Type.CLONE_VOLUME,
            Type.EXPAND_VOLUME,
            Type.MODIFY_VOLUME,
            Type.SINGLE_NODE_MULTI_WRITER);

    private Replies() {}

    static ControllerGetCapabilitiesResponse capabilities() {
        ControllerGetCapabilitiesResponse.Builder reply = ControllerGetCapabilitiesResponse.newBuilder();
        for (Type type : SERVED) {
            reply.addCapabilities(ControllerServiceCapability.newBuilder()
                    .setRpc(ControllerServiceCapability.RPC.newBuilder().setType(type)));
        }
        return reply.build();
    }

    static Volume volume(Stored<VolumeSpec, VolumeStatus> volume) {
        VolumeSpec spec = volume.spec();
        Volume.Builder reply = Volume.newBuilder()
                .setVolumeId(volume.key())
                .setCapacityBytes(VolumeChanges.bytes(volume))
                .addAccessibleTopology(topology(spec));
        Origin origin = spec.origin();
        if (origin != null) {
            contentSource(reply, origin);
        }
        return reply.build();
    }

    private static Topology topology(VolumeSpec spec) {
        Topology.Builder topology = Topology.newBuilder();
        return switch (spec.placement()) {
            case PINNED ->
                topology.putSegments(Names.TOPOLOGY_NODE, spec.home()).build();
            case FOLLOW ->
                topology.putSegments(Names.poolTopologyKey(spec.pool()), "true").build();
        };
    }

    private static void contentSource(Volume.Builder reply, Origin origin) {
        VolumeContentSource.Builder source = VolumeContentSource.newBuilder();
        switch (origin.kind()) {
            case VOLUME ->
                reply.setContentSource(source.setVolume(
                        VolumeContentSource.VolumeSource.newBuilder().setVolumeId(origin.name())));
            case SNAPSHOT ->
                reply.setContentSource(source.setSnapshot(
                        VolumeContentSource.SnapshotSource.newBuilder().setSnapshotId(origin.name())));
            case NODE -> {
                // A move: the volume is its own origin.
            }
        }
    }

    static ListVolumesResponse volumes(Page<VolumeSpec, VolumeStatus> page, Map<String, List<String>> published) {
        ListVolumesResponse.Builder reply = ListVolumesResponse.newBuilder().setNextToken(page.next());
        for (Stored<VolumeSpec, VolumeStatus> volume : page.entries()) {
            reply.addEntries(ListVolumesResponse.Entry.newBuilder()
                    .setVolume(volume(volume))
                    .setStatus(ListVolumesResponse.VolumeStatus.newBuilder()
                            .addAllPublishedNodeIds(publishedAt(volume, published))));
        }
        return reply.build();
    }

    /** Other nodes with an Attachment only wait for it. */
    private static List<String> publishedAt(
            Stored<VolumeSpec, VolumeStatus> volume, Map<String, List<String>> published) {
        return published.getOrDefault(volume.key(), List.of()).stream()
                .filter(volume.spec().home()::equals)
                .toList();
    }

    static ControllerGetVolumeResponse volumeStatus(
            Stored<VolumeSpec, VolumeStatus> volume, Map<String, List<String>> published) {
        return ControllerGetVolumeResponse.newBuilder()
                .setVolume(volume(volume))
                .setStatus(ControllerGetVolumeResponse.VolumeStatus.newBuilder()
                        .addAllPublishedNodeIds(publishedAt(volume, published)))
                .build();
    }

    static ControllerExpandVolumeResponse expanded(Stored<VolumeSpec, VolumeStatus> volume) {
        return ControllerExpandVolumeResponse.newBuilder()
                .setCapacityBytes(VolumeChanges.bytes(volume))
                .setNodeExpansionRequired(volume.spec().mode() == VolumeMode.FILESYSTEM
                        || volume.spec().encryption() != null)
                .build();
    }

    static GetCapacityResponse capacity(VolumeQueries.Capacity capacity) {
        return GetCapacityResponse.newBuilder()
                .setAvailableCapacity(capacity.totalBytes())
                .setMaximumVolumeSize(Int64Value.of(capacity.largestBytes()))
                .build();
    }

    static Snapshot snapshot(Stored<SnapshotSpec, SnapshotStatus> snapshot) {
        Snapshot.Builder reply = Snapshot.newBuilder()
                .setSnapshotId(snapshot.key())
                .setSourceVolumeId(snapshot.spec().sourceVolume());
        SnapshotGroup group = snapshot.spec().group();
        if (group != null) {
            reply.setGroupSnapshotId(group.id());
        }
        SnapshotStatus status = snapshot.status();
        if (status == null) {
            return reply.build();
        }
        Long size = status.sizeBytes();
        String creationTime = status.creationTime();
        if (size != null) {
            reply.setSizeBytes(size);
        }
        if (creationTime != null) {
            reply.setCreationTime(timestamp(Instant.parse(creationTime)));
        }
        return reply.setReadyToUse(status.phase() == ServedPhase.READY).build();
    }

    static ListSnapshotsResponse snapshots(Page<SnapshotSpec, SnapshotStatus> page) {
        ListSnapshotsResponse.Builder reply = ListSnapshotsResponse.newBuilder().setNextToken(page.next());
        for (Stored<SnapshotSpec, SnapshotStatus> each : page.entries()) {
            reply.addEntries(ListSnapshotsResponse.Entry.newBuilder().setSnapshot(snapshot(each)));
        }
        return reply.build();
    }

    private static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }
}
