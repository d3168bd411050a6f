package dev.sluice.controller.rpc;

import csi.v1.CreateVolumeGroupSnapshotRequest;
import csi.v1.CreateVolumeGroupSnapshotResponse;
import csi.v1.DeleteVolumeGroupSnapshotRequest;
import csi.v1.DeleteVolumeGroupSnapshotResponse;
import csi.v1.GetVolumeGroupSnapshotRequest;
import csi.v1.GetVolumeGroupSnapshotResponse;
import csi.v1.GroupControllerGetCapabilitiesRequest;
import csi.v1.GroupControllerGetCapabilitiesResponse;
import csi.v1.GroupControllerGrpc;
import csi.v1.GroupControllerServiceCapability;
import csi.v1.GroupControllerServiceCapability.RPC;
import csi.v1.VolumeGroupSnapshot;
import dev.sluice.controller.domain.GroupSnapshotOperations;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.rpc.Calls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Set;

/** CSI's group controller service: snapshots of several volumes at one instant. */
public final class GroupControllerService extends GroupControllerGrpc.GroupControllerImplBase {
    private static final Set<String> METADATA = Set.of(
            "csi.storage.k8s.io/volumegroupsnapshot/name",
            "csi.storage.k8s.io/volumegroupsnapshot/namespace",
            "csi.storage.k8s.io/volumegroupsnapshotcontent/name");

    private final NameLocks locks = new NameLocks();
    private final GroupSnapshotOperations groups;

    public GroupControllerService(GroupSnapshotOperations groups) {
        this.groups = groups;
    }

    @Override
    public void groupControllerGetCapabilities(
            GroupControllerGetCapabilitiesRequest request,
            StreamObserver<GroupControllerGetCapabilitiesResponse> observer) {
        Calls.answer(
                observer,
                () -> GroupControllerGetCapabilitiesResponse.newBuilder()
                        .addCapabilities(GroupControllerServiceCapability.newBuilder()
                                .setRpc(RPC.newBuilder().setType(RPC.Type.CREATE_DELETE_GET_VOLUME_GROUP_SNAPSHOT)))
                        .build());
    }

    @Override
    public void createVolumeGroupSnapshot(
            CreateVolumeGroupSnapshotRequest request, StreamObserver<CreateVolumeGroupSnapshotResponse> observer) {
        Calls.answer(observer, () -> {
            String name = Text.name(request.getName(), "name");
            List<String> volumes = sources(request);
            return CreateVolumeGroupSnapshotResponse.newBuilder()
                    .setGroupSnapshot(locks.hold(
                            Names.groupSnapshotId(name),
                            () -> reply(groups.create(name, volumes, CallDeadlines.current()))))
                    .build();
        });
    }

    @Override
    public void deleteVolumeGroupSnapshot(
            DeleteVolumeGroupSnapshotRequest request, StreamObserver<DeleteVolumeGroupSnapshotResponse> observer) {
        Calls.answer(observer, () -> {
            String id = Text.required(request.getGroupSnapshotId(), "group_snapshot_id");
            return locks.hold(id, () -> {
                groups.delete(id, request.getSnapshotIdsList(), CallDeadlines.current());
                return DeleteVolumeGroupSnapshotResponse.getDefaultInstance();
            });
        });
    }

    @Override
    public void getVolumeGroupSnapshot(
            GetVolumeGroupSnapshotRequest request, StreamObserver<GetVolumeGroupSnapshotResponse> observer) {
        Calls.answer(observer, () -> {
            String id = Text.required(request.getGroupSnapshotId(), "group_snapshot_id");
            return GetVolumeGroupSnapshotResponse.newBuilder()
                    .setGroupSnapshot(reply(groups.get(id, request.getSnapshotIdsList())))
                    .build();
        });
    }

    private static List<String> sources(CreateVolumeGroupSnapshotRequest request) {
        for (String key : request.getParametersMap().keySet()) {
            if (!METADATA.contains(key)) {
                throw new SluiceException(
                        ErrorKind.INVALID, "unknown group snapshot parameter " + Text.quoted(key) + "; there are none");
            }
        }
        if (request.getSourceVolumeIdsCount() == 0) {
            throw new SluiceException(ErrorKind.INVALID, "source_volume_ids is missing");
        }
        return List.copyOf(request.getSourceVolumeIdsList());
    }

    private static VolumeGroupSnapshot reply(GroupSnapshotOperations.GroupSnapshot group) {
        VolumeGroupSnapshot.Builder reply =
                VolumeGroupSnapshot.newBuilder().setGroupSnapshotId(group.id()).setReadyToUse(group.ready());
        group.members().forEach(member -> reply.addSnapshots(Replies.snapshot(member)));
        // They were taken at one instant, and each says the same.
        if (reply.getSnapshots(0).hasCreationTime()) {
            reply.setCreationTime(reply.getSnapshots(0).getCreationTime());
        }
        return reply.build();
    }
}
