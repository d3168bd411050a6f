package dev.sluice.controller.rpc;

import static dev.sluice.controller.rpc.CsiClient.GIB;
import static dev.sluice.controller.rpc.CsiClient.volume;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import csi.v1.CapacityRange;
import csi.v1.ControllerExpandVolumeRequest;
import csi.v1.ControllerGetCapabilitiesRequest;
import csi.v1.ControllerGetVolumeRequest;
import csi.v1.ControllerModifyVolumeRequest;
import csi.v1.CreateSnapshotRequest;
import csi.v1.CreateVolumeRequest;
import csi.v1.DeleteSnapshotRequest;
import csi.v1.DeleteVolumeRequest;
import csi.v1.GetCapacityRequest;
import csi.v1.GetPluginCapabilitiesRequest;
import csi.v1.GetPluginInfoRequest;
import csi.v1.GetSnapshotRequest;
import csi.v1.ListSnapshotsRequest;
import csi.v1.ListVolumesRequest;
import csi.v1.ProbeRequest;
import csi.v1.Topology;
import csi.v1.ValidateVolumeCapabilitiesRequest;
import csi.v1.VolumeCapability.AccessMode.Mode;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.controller.fake.TestOperations;
import dev.sluice.names.Names;
import dev.sluice.rpc.IdentityService;
import dev.sluice.rpc.SocketServer;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every call over a real socket, on a cluster in memory. */
class CsiSurfaceIT {
    private final FakeRegistry cluster = new FakeRegistry();
    private SocketServer server;
    private CsiClient client;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        cluster.addNode("n1");
        cluster.addNode("n2");
        Path socket = folder.resolve("csi.sock");
        server = SocketServer.start(
                socket,
                List.of(
                        new IdentityService("1.2.3"),
                        new ControllerService(TestOperations.over(cluster.asRegistry()), "sluice-system")));
        client = new CsiClient(socket);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void identity() {
        var info = client.identity().getPluginInfo(GetPluginInfoRequest.getDefaultInstance());
        assertThat(info.getName()).isEqualTo("csi.sluice.dev");
        assertThat(info.getVendorVersion()).isEqualTo("1.2.3");
        assertThat(client.identity()
                        .getPluginCapabilities(GetPluginCapabilitiesRequest.getDefaultInstance())
                        .getCapabilitiesCount())
                .isEqualTo(4);
        assertThat(client.identity()
                        .probe(ProbeRequest.getDefaultInstance())
                        .getReady()
                        .getValue())
                .isTrue();
        assertThat(client.controller()
                        .controllerGetCapabilities(ControllerGetCapabilitiesRequest.getDefaultInstance())
                        .getCapabilitiesCount())
                .isEqualTo(12);
    }

    @Test
    void anEmptyVolumeLivesAndGoes() {
        var made = create(volume("a", "n1"));
        assertThat(made.getCapacityBytes()).isEqualTo(GIB);
        assertThat(made.getAccessibleTopology(0).getSegmentsMap())
                .as("it follows its pod through the pool")
                .isEqualTo(Map.of(Names.poolTopologyKey("fast"), "true"));
        assertThat(create(volume("a", "n1"))).isEqualTo(made);

        delete(made.getVolumeId());
        delete(made.getVolumeId());

        assertThat(cluster.volumes.findAll()).isEmpty();
    }

    @Test
    void aPinnedVolumeIsOnItsNodeOnly() {
        var made = create(volume("a", "n1").putParameters("placement", "Pinned"));

        assertThat(made.getAccessibleTopology(0).getSegmentsMap()).isEqualTo(Map.of(Names.TOPOLOGY_NODE, "n1"));
    }

    @Test
    void aCloneOnAnotherNodeHasItsSourceAndIsDeletedWhileItHydrates() {
        String source = create(volume("a", "n1")).getVolumeId();
        var clone = create(volume("b", "n2").setVolumeContentSource(CsiClient.fromVolume(source)));
        assertThat(clone.getContentSource().getVolume().getVolumeId()).isEqualTo(source);
        assertThat(cluster.exports.findAll()).hasSize(1);
        assertThat(cluster.snapshots.findAll()).hasSize(1);
        // Made for no PVC that anyone named: its progress is told where the driver is.
        assertThat(cluster.hydrations.find("sluice-system/" + clone.getVolumeId()))
                .isPresent();
        // An internal snapshot is nobody's business.
        assertThat(client.controller()
                        .listSnapshots(ListSnapshotsRequest.getDefaultInstance())
                        .getEntriesCount())
                .isZero();

        // One that is itself hydrating can be cloned and snapshotted as any other.
        String again = create(volume("c", "n1").setVolumeContentSource(CsiClient.fromVolume(clone.getVolumeId())))
                .getVolumeId();
        assertThat(client.controller()
                        .createSnapshot(CreateSnapshotRequest.newBuilder()
                                .setName("s")
                                .setSourceVolumeId(clone.getVolumeId())
                                .build())
                        .getSnapshot()
                        .getReadyToUse())
                .isTrue();
        delete(clone.getVolumeId());
        assertThat(volumeIds()).containsExactlyInAnyOrder(source, again);
    }

    @Test
    void snapshotsAreTakenListedRestoredAndDeleted() {
        String source = create(volume("a", "n1")).getVolumeId();
        var request = CreateSnapshotRequest.newBuilder()
                .setName("s")
                .setSourceVolumeId(source)
                .build();
        var snapshot = client.controller().createSnapshot(request).getSnapshot();
        assertThat(snapshot.getReadyToUse()).isTrue();
        assertThat(snapshot.getSizeBytes()).isEqualTo(GIB);
        assertThat(client.controller().createSnapshot(request).getSnapshot()).isEqualTo(snapshot);
        assertThat(client.controller()
                        .getSnapshot(GetSnapshotRequest.newBuilder()
                                .setSnapshotId(snapshot.getSnapshotId())
                                .build())
                        .getSnapshot())
                .isEqualTo(snapshot);
        var listed = ListSnapshotsRequest.newBuilder().setSourceVolumeId(source).build();
        assertThat(client.controller().listSnapshots(listed).getEntriesCount()).isEqualTo(1);

        String other = create(volume("b", "n2")).getVolumeId();
        refused(
                Status.Code.ALREADY_EXISTS,
                "a snapshot of this name exists",
                () -> client.controller()
                        .createSnapshot(
                                request.toBuilder().setSourceVolumeId(other).build()));

        String restored = create(
                        volume("r", "n2").setVolumeContentSource(CsiClient.fromSnapshot(snapshot.getSnapshotId())))
                .getVolumeId();
        var removal = DeleteSnapshotRequest.newBuilder()
                .setSnapshotId(snapshot.getSnapshotId())
                .build();
        refused(
                Status.Code.FAILED_PRECONDITION,
                "still feeds volume " + restored,
                () -> client.controller().deleteSnapshot(removal));
        delete(restored);
        cluster.volumes.await(restored, seen -> true, Duration.ZERO);
        client.controller().deleteSnapshot(removal);
        assertThat(client.controller().deleteSnapshot(removal)).isNotNull();
        assertThat(client.controller().listSnapshots(listed).getEntriesCount()).isZero();
    }

    @Test
    void listsArePagedAndNamePublishedNodes() {
        for (String name : List.of("a", "b", "c")) {
            create(volume(name, "n1"));
        }
        String first = Names.volumeId("a");
        cluster.attachments.put(first, List.of("n1"));
        var page = client.controller()
                .listVolumes(ListVolumesRequest.newBuilder().setMaxEntries(2).build());
        var rest = client.controller()
                .listVolumes(ListVolumesRequest.newBuilder()
                        .setStartingToken(page.getNextToken())
                        .build());
        assertThat(page.getEntriesCount()).isEqualTo(2);
        assertThat(rest.getEntriesCount()).isEqualTo(1);
        assertThat(rest.getNextToken()).isEmpty();
        assertThat(client.controller()
                        .controllerGetVolume(ControllerGetVolumeRequest.newBuilder()
                                .setVolumeId(first)
                                .build())
                        .getStatus()
                        .getPublishedNodeIdsList())
                .containsExactly("n1");
        refused(Status.Code.FAILED_PRECONDITION, "in use on n1", () -> delete(first));
        refused(
                Status.Code.ABORTED,
                "starting_token",
                () -> client.controller()
                        .listVolumes(ListVolumesRequest.newBuilder()
                                .setStartingToken("x")
                                .build()));
    }

    @Test
    void volumesGrowAndNeverShrink() {
        String id = create(volume("a", "n1")).getVolumeId();
        var grown = expand(id, GIB + 1);
        assertThat(grown.getCapacityBytes()).isEqualTo(GIB + (4 << 20));
        assertThat(grown.getNodeExpansionRequired()).isTrue();
        assertThat(expand(id, 1).getCapacityBytes()).isEqualTo(GIB + (4 << 20));
        refused(Status.Code.OUT_OF_RANGE, "cannot grow", () -> expand(id, 500 * GIB));

        cluster.nodes.full.add("n1");
        refused(Status.Code.OUT_OF_RANGE, "cannot grow", () -> expand(id, 2 * GIB));
        assertThat(cluster.volumes.find(id).orElseThrow().spec().sizeBytes()).isEqualTo(GIB + (4 << 20));
    }

    @Test
    void budgetsAreModified() {
        String id = create(volume("a", "n1")).getVolumeId();
        modify(id, "maxBytesPerSecond", "10Mi");
        assertThat(cluster.volumes.find(id).orElseThrow().spec().hydration().maxBytesPerSecond())
                .isEqualTo(10L << 20);
        refused(Status.Code.INVALID_ARGUMENT, "unknown mutable parameter \"iops\"", () -> modify(id, "iops", "1"));
        refused(Status.Code.INVALID_ARGUMENT, "priority", () -> modify(id, "priority", "high"));
        refused(Status.Code.NOT_FOUND, "does not exist", () -> modify(Names.volumeId("none"), "priority", "1"));
    }

    @Test
    void capacityIsPerNode() {
        cluster.addNode("n2", 0, "True", "dm-clone");
        assertThat(capacity("n1")).isEqualTo(98L * FakeRegistry.POOL_BYTES / 100);
        assertThat(capacity("n2")).isZero();
        assertThat(capacity("n9")).isZero();
    }

    @Test
    void capabilitiesAreConfirmedOrExplained() {
        String id = create(volume("a", "n1")).getVolumeId();
        var request = ValidateVolumeCapabilitiesRequest.newBuilder().setVolumeId(id);
        assertThat(client.controller()
                        .validateVolumeCapabilities(request.clone()
                                .addVolumeCapabilities(CsiClient.mount(Mode.SINGLE_NODE_MULTI_WRITER, ""))
                                .build())
                        .hasConfirmed())
                .isTrue();
        var refusal = client.controller()
                .validateVolumeCapabilities(
                        request.clone().addVolumeCapabilities(CsiClient.block()).build());
        assertThat(refusal.hasConfirmed()).isFalse();
        assertThat(refusal.getMessage()).contains("FILESYSTEM");
    }

    static void refused(Status.Code code, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(failure.getStatus().getCode()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    private csi.v1.Volume create(CreateVolumeRequest.Builder request) {
        return client.controller().createVolume(request.build()).getVolume();
    }

    private void delete(String id) {
        var unused = client.controller()
                .deleteVolume(DeleteVolumeRequest.newBuilder().setVolumeId(id).build());
    }

    private List<String> volumeIds() {
        return client.controller().listVolumes(ListVolumesRequest.getDefaultInstance()).getEntriesList().stream()
                .map(entry -> entry.getVolume().getVolumeId())
                .toList();
    }

    private csi.v1.ControllerExpandVolumeResponse expand(String id, long bytes) {
        return client.controller()
                .controllerExpandVolume(ControllerExpandVolumeRequest.newBuilder()
                        .setVolumeId(id)
                        .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(bytes))
                        .build());
    }

    private void modify(String id, String key, String value) {
        var unused = client.controller()
                .controllerModifyVolume(ControllerModifyVolumeRequest.newBuilder()
                        .setVolumeId(id)
                        .putModifyParameters(key, value)
                        .build());
    }

    private long capacity(String node) {
        return client.controller()
                .getCapacity(GetCapacityRequest.newBuilder()
                        .setAccessibleTopology(Topology.newBuilder().putSegments(Names.TOPOLOGY_NODE, node))
                        .build())
                .getAvailableCapacity();
    }
}
