package dev.sluice.controller.rpc;

import csi.v1.ControllerExpandVolumeRequest;
import csi.v1.ControllerExpandVolumeResponse;
import csi.v1.ControllerGetCapabilitiesRequest;
import csi.v1.ControllerGetCapabilitiesResponse;
import csi.v1.ControllerGetVolumeRequest;
import csi.v1.ControllerGetVolumeResponse;
import csi.v1.ControllerGrpc;
import csi.v1.ControllerModifyVolumeRequest;
import csi.v1.ControllerModifyVolumeResponse;
import csi.v1.CreateSnapshotRequest;
import csi.v1.CreateSnapshotResponse;
import csi.v1.CreateVolumeRequest;
import csi.v1.CreateVolumeResponse;
import csi.v1.DeleteSnapshotRequest;
import csi.v1.DeleteSnapshotResponse;
import csi.v1.DeleteVolumeRequest;
import csi.v1.DeleteVolumeResponse;
import csi.v1.GetCapacityRequest;
import csi.v1.GetCapacityResponse;
import csi.v1.GetSnapshotRequest;
import csi.v1.GetSnapshotResponse;
import csi.v1.ListSnapshotsRequest;
import csi.v1.ListSnapshotsResponse;
import csi.v1.ListVolumesRequest;
import csi.v1.ListVolumesResponse;
import csi.v1.ValidateVolumeCapabilitiesRequest;
import csi.v1.ValidateVolumeCapabilitiesResponse;
import dev.sluice.controller.domain.Operations;
import dev.sluice.controller.domain.Page;
import dev.sluice.controller.domain.SizeRange;
import dev.sluice.controller.domain.VolumeRequest;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.rpc.Calls;
import io.grpc.stub.StreamObserver;

/** CSI's controller service: parse, hold the object's lock, act, reply. */
public final class ControllerService extends ControllerGrpc.ControllerImplBase {
    private final NameLocks locks = new NameLocks();
    private final Operations operations;
    private final String namespace;

    /** @param namespace the driver's */
    public ControllerService(Operations operations, String namespace) {
        this.operations = operations;
        this.namespace = namespace;
    }

    @Override
    public void createVolume(CreateVolumeRequest request, StreamObserver<CreateVolumeResponse> observer) {
        Calls.answer(observer, () -> {
            VolumeRequest wanted = CreateVolumeRequests.parse(request, namespace);
            var volume = locks.hold(
                    Names.volumeId(wanted.name()), () -> operations.creation().create(wanted, CallDeadlines.current()));
            return CreateVolumeResponse.newBuilder()
                    .setVolume(Replies.volume(volume))
                    .build();
        });
    }

    @Override
    public void deleteVolume(DeleteVolumeRequest request, StreamObserver<DeleteVolumeResponse> observer) {
        Calls.answer(observer, () -> {
            String id = Text.required(request.getVolumeId(), "volume_id");
            return locks.hold(id, () -> {
                operations.removal().delete(id, CallDeadlines.current());
                return DeleteVolumeResponse.getDefaultInstance();
            });
        });
    }

    @Override
    public void validateVolumeCapabilities(
            ValidateVolumeCapabilitiesRequest request, StreamObserver<ValidateVolumeCapabilitiesResponse> observer) {
        Calls.answer(observer, () -> {
            String id = Text.required(request.getVolumeId(), "volume_id");
            if (request.getVolumeCapabilitiesCount() == 0) {
                throw new SluiceException(ErrorKind.INVALID, "volume capabilities are missing");
            }
            return Confirmations.answer(request, operations.queries().get(id).spec());
        });
    }

    @Override
    public void listVolumes(ListVolumesRequest request, StreamObserver<ListVolumesResponse> observer) {
        Calls.answer(observer, () -> {
            var page = new Page.Request(request.getMaxEntries(), request.getStartingToken());
            return Replies.volumes(
                    operations.queries().list(page), operations.queries().publishedNodes());
        });
    }

    @Override
    public void controllerGetVolume(
            ControllerGetVolumeRequest request, StreamObserver<ControllerGetVolumeResponse> observer) {
        Calls.answer(observer, () -> {
            String id = Text.required(request.getVolumeId(), "volume_id");
            return Replies.volumeStatus(
                    operations.queries().get(id), operations.queries().publishedNodes());
        });
    }

    @Override
    public void getCapacity(GetCapacityRequest request, StreamObserver<GetCapacityResponse> observer) {
        Calls.answer(observer, () -> {
            Parameters parameters = Parameters.ofClass(request.getParametersMap());
            if (request.getVolumeCapabilitiesCount() > 0) {
                Capabilities.parse(request.getVolumeCapabilitiesList());
            }
            var segments = request.getAccessibleTopology().getSegmentsMap();
            return Replies.capacity(
                    operations.queries().capacity(parameters.pool(), parameters.encryption() != null, segments));
        });
    }

    @Override
    public void controllerGetCapabilities(
            ControllerGetCapabilitiesRequest request, StreamObserver<ControllerGetCapabilitiesResponse> observer) {
        Calls.answer(observer, Replies::capabilities);
    }

    @Override
    public void createSnapshot(CreateSnapshotRequest request, StreamObserver<CreateSnapshotResponse> observer) {
        Calls.answer(observer, () -> {
            SnapshotRequests.Creation wanted = SnapshotRequests.parse(request);
            var snapshot = locks.hold(
                    Names.snapshotId(wanted.name()),
                    () -> operations.snapshots().create(wanted.name(), wanted.sourceVolume(), CallDeadlines.current()));
            return CreateSnapshotResponse.newBuilder()
                    .setSnapshot(Replies.snapshot(snapshot))
                    .build();
        });
    }

    @Override
    public void deleteSnapshot(DeleteSnapshotRequest request, StreamObserver<DeleteSnapshotResponse> observer) {
        Calls.answer(observer, () -> {
            String id = Text.required(request.getSnapshotId(), "snapshot_id");
            return locks.hold(id, () -> {
                operations.snapshots().delete(id, CallDeadlines.current());
                return DeleteSnapshotResponse.getDefaultInstance();
            });
        });
    }

    @Override
    public void listSnapshots(ListSnapshotsRequest request, StreamObserver<ListSnapshotsResponse> observer) {
        Calls.answer(observer, () -> {
            SnapshotRequests.Listing listing = SnapshotRequests.parse(request);
            return Replies.snapshots(operations.snapshots().list(listing.id(), listing.sourceVolume(), listing.page()));
        });
    }

    @Override
    public void getSnapshot(GetSnapshotRequest request, StreamObserver<GetSnapshotResponse> observer) {
        Calls.answer(observer, () -> {
            String id = Text.required(request.getSnapshotId(), "snapshot_id");
            return GetSnapshotResponse.newBuilder()
                    .setSnapshot(Replies.snapshot(operations.snapshots().get(id)))
                    .build();
        });
    }

    @Override
    public void controllerExpandVolume(
            ControllerExpandVolumeRequest request, StreamObserver<ControllerExpandVolumeResponse> observer) {
        Calls.answer(observer, () -> {
            String id = Text.required(request.getVolumeId(), "volume_id");
            SizeRange range = expansion(request);
            return Replies.expanded(
                    locks.hold(id, () -> operations.changes().expand(id, range, CallDeadlines.current())));
        });
    }

    @Override
    public void controllerModifyVolume(
            ControllerModifyVolumeRequest request, StreamObserver<ControllerModifyVolumeResponse> observer) {
        Calls.answer(observer, () -> {
            String id = Text.required(request.getVolumeId(), "volume_id");
            Parameters parameters = Parameters.mutable(request.getModifyParametersMap());
            return locks.hold(id, () -> {
                operations.changes().modify(id, parameters.tuning());
                return ControllerModifyVolumeResponse.getDefaultInstance();
            });
        });
    }

    private static SizeRange expansion(ControllerExpandVolumeRequest request) {
        if (!request.hasCapacityRange()) {
            throw new SluiceException(ErrorKind.INVALID, "capacity_range is missing");
        }
        return CreateVolumeRequests.size(request.getCapacityRange());
    }
}
