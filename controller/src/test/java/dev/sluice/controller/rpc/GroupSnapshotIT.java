package dev.sluice.controller.rpc;

import static dev.sluice.controller.rpc.CsiClient.GIB;
import static dev.sluice.controller.rpc.CsiClient.volume;
import static dev.sluice.controller.rpc.CsiSurfaceIT.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import csi.v1.CreateVolumeGroupSnapshotRequest;
import csi.v1.CreateVolumeRequest;
import csi.v1.DeleteSnapshotRequest;
import csi.v1.DeleteVolumeGroupSnapshotRequest;
import csi.v1.DeleteVolumeRequest;
import csi.v1.GetSnapshotRequest;
import csi.v1.GetVolumeGroupSnapshotRequest;
import csi.v1.GroupControllerGetCapabilitiesRequest;
import csi.v1.GroupControllerServiceCapability.RPC;
import csi.v1.ListSnapshotsRequest;
import csi.v1.Snapshot;
import csi.v1.VolumeGroupSnapshot;
import dev.sluice.controller.domain.Deadline;
import dev.sluice.controller.domain.Operations;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.controller.fake.TestOperations;
import dev.sluice.names.Names;
import dev.sluice.rpc.SocketServer;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The group controller's calls over a real socket, on a cluster in memory. */
class GroupSnapshotIT {
    private static final String GROUP = Names.groupSnapshotId("g");

    private final FakeRegistry cluster = new FakeRegistry();
    private final Operations operations = TestOperations.over(cluster.asRegistry());
    private SocketServer server;
    private CsiClient client;
    private String first;
    private String second;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        cluster.addNode("n1");
        cluster.addNode("n2");
        Path socket = folder.resolve("csi.sock");
        server = SocketServer.start(
                socket,
                List.of(
                        new ControllerService(operations, "sluice-system"),
                        new GroupControllerService(operations.groupSnapshots())));
        client = new CsiClient(socket);
        first = create(volume("a", "n1"));
        second = create(volume("b", "n1"));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void capabilities() {
        var capabilities = client.group()
                .groupControllerGetCapabilities(GroupControllerGetCapabilitiesRequest.getDefaultInstance());
        assertThat(capabilities.getCapabilitiesList())
                .extracting(each -> each.getRpc().getType())
                .containsExactly(RPC.Type.CREATE_DELETE_GET_VOLUME_GROUP_SNAPSHOT);
    }

    @Test
    void aGroupIsTakenFoundListedRestoredAndDeleted() {
        VolumeGroupSnapshot group = take("g", first, second);
        assertThat(group.getGroupSnapshotId()).isEqualTo(GROUP);
        assertThat(group.getReadyToUse()).isTrue();
        assertThat(group.hasCreationTime()).isTrue();
        assertThat(group.getSnapshotsList())
                .extracting(Snapshot::getSourceVolumeId)
                .containsExactlyInAnyOrder(first, second);
        assertThat(group.getSnapshotsList()).allSatisfy(each -> {
            assertThat(each.getReadyToUse()).isTrue();
            assertThat(each.getSizeBytes()).isEqualTo(GIB);
            assertThat(each.getGroupSnapshotId()).isEqualTo(GROUP);
        });
        assertThat(take("g", second, first)).isEqualTo(group);
        assertThat(get(GROUP, ids(group))).isEqualTo(group);
        Snapshot member = group.getSnapshots(0);
        assertThat(client.controller()
                        .getSnapshot(GetSnapshotRequest.newBuilder()
                                .setSnapshotId(member.getSnapshotId())
                                .build())
                        .getSnapshot())
                .isEqualTo(member);
        assertThat(client.controller()
                        .listSnapshots(ListSnapshotsRequest.getDefaultInstance())
                        .getEntriesCount())
                .isEqualTo(2);

        String restored =
                create(volume("r", "n2").setVolumeContentSource(CsiClient.fromSnapshot(member.getSnapshotId())));
        refused(Status.Code.FAILED_PRECONDITION, "still feeds volume " + restored, () -> delete(GROUP, ids(group)));
        assertThat(get(GROUP, ids(group))).isEqualTo(group);
        client.controller()
                .deleteVolume(
                        DeleteVolumeRequest.newBuilder().setVolumeId(restored).build());
        cluster.volumes.await(restored, seen -> true, Duration.ZERO);
        delete(GROUP, ids(group));
        delete(GROUP, ids(group));
        assertThat(cluster.snapshots.findAll()).isEmpty();
        refused(Status.Code.NOT_FOUND, "does not exist", () -> get(GROUP, ids(group)));
    }

    @Test
    void aMemberIsNotDeletedAlone() {
        String member = take("g", first, second).getSnapshots(0).getSnapshotId();

        refused(
                Status.Code.INVALID_ARGUMENT,
                "member of group snapshot " + GROUP,
                () -> client.controller()
                        .deleteSnapshot(DeleteSnapshotRequest.newBuilder()
                                .setSnapshotId(member)
                                .build()));
    }

    @Test
    void anotherListOfMembersIsRefused() {
        List<String> ids = ids(take("g", first, second));

        refused(Status.Code.INVALID_ARGUMENT, ids.get(1), () -> delete(GROUP, ids.subList(0, 1)));
        refused(Status.Code.INVALID_ARGUMENT, "snapshot_ids", () -> delete(GROUP, List.of()));
        refused(Status.Code.INVALID_ARGUMENT, "snapshot_ids", () -> get(GROUP, ids.subList(0, 1)));
        assertThat(cluster.snapshots.findAll()).hasSize(2);
    }

    @Test
    void theSameNameForOtherVolumesIsRefused() {
        take("g", first, second);

        refused(Status.Code.ALREADY_EXISTS, "of other volumes", () -> take("g", first));
        refused(Status.Code.ALREADY_EXISTS, "of other volumes", () -> take("g", first, create(volume("c", "n1"))));
    }

    @Test
    void volumesWithoutACommonHomeAreRefusedWithTheReason() {
        String elsewhere = create(volume("c", "n2"));

        refused(
                Status.Code.FAILED_PRECONDITION,
                elsewhere + " is on n2 in pool fast",
                () -> take("g", first, elsewhere));
        assertThat(cluster.snapshots.findAll()).isEmpty();
    }

    @Test
    void aVolumeThatHydratesIsWaitedFor() {
        String clone = create(volume("c", "n2").setVolumeContentSource(CsiClient.fromVolume(first)));

        refused(Status.Code.UNAVAILABLE, "hydrating", () -> take("g", clone, create(volume("d", "n2"))));
    }

    @Test
    void requestsThatAreNotComplete() {
        refused(Status.Code.INVALID_ARGUMENT, "name is missing", () -> take("", first));
        refused(Status.Code.INVALID_ARGUMENT, "source_volume_ids is missing", () -> take("g"));
        refused(Status.Code.INVALID_ARGUMENT, "twice", () -> take("g", first, first));
        refused(Status.Code.NOT_FOUND, "does not exist", () -> take("g", first, Names.volumeId("none")));
        refused(Status.Code.INVALID_ARGUMENT, "group_snapshot_id is missing", () -> get("", List.of()));
        refused(Status.Code.INVALID_ARGUMENT, "group_snapshot_id is missing", () -> delete("", List.of()));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "unknown group snapshot parameter \"colour\"",
                () -> client.group()
                        .createVolumeGroupSnapshot(CreateVolumeGroupSnapshotRequest.newBuilder()
                                .setName("g")
                                .addSourceVolumeIds(first)
                                .putParameters("colour", "red")
                                .build()));
        assertThat(cluster.snapshots.findAll()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "-rf", "g-123", "日本語"})
    void foreignIdsAreGoneAlready(String id) {
        delete(id, List.of());
        refused(Status.Code.NOT_FOUND, "does not exist", () -> get(id, List.of()));
    }

    @Test
    void aGroupThatFailsIsOrderedAwayAndCanBeTakenAgain() {
        cluster.nodes.full.add("n1");
        refused(Status.Code.RESOURCE_EXHAUSTED, "NoSpace", () -> take("g", first, second));
        assertThat(cluster.snapshots.findAll())
                .allMatch(each -> each.spec().state().name().equals("ABSENT"));

        cluster.nodes.full.clear();
        refused(Status.Code.ABORTED, "being deleted", () -> take("g", first, second));
        cluster.snapshots.await(GROUP, seen -> true, Duration.ZERO);
        cluster.snapshots.findAll().forEach(each -> operations.snapshots().advance(each.key()));
        assertThat(take("g", first, second).getReadyToUse()).isTrue();
    }

    @Test
    void aControllerKilledBetweenTwoWritesIsSucceeded() {
        for (int writes = 0; writes < 2; writes++) {
            String name = "killed-" + writes;
            cluster.crashAfter(writes);
            assertThatThrownBy(() -> operations
                            .groupSnapshots()
                            .create(name, List.of(first, second), Deadline.in(Duration.ofSeconds(5))))
                    .isInstanceOf(FakeRegistry.Crash.class);
            cluster.crashAfter(Integer.MAX_VALUE);
            cluster.snapshots.await(GROUP, seen -> true, Duration.ZERO);
            refused(Status.Code.NOT_FOUND, "does not exist", () -> get(Names.groupSnapshotId(name), List.of()));

            VolumeGroupSnapshot group = take(name, first, second);

            for (int removals = 0; removals < 4; removals++) {
                cluster.crashAfter(removals);
                assertThatThrownBy(() -> operations
                                .groupSnapshots()
                                .delete(group.getGroupSnapshotId(), ids(group), Deadline.in(Duration.ofSeconds(5))))
                        .isInstanceOf(FakeRegistry.Crash.class);
                cluster.crashAfter(Integer.MAX_VALUE);
                delete(group.getGroupSnapshotId(), ids(group));
                take(name, first, second);
            }
            delete(group.getGroupSnapshotId(), ids(group));
            assertThat(cluster.snapshots.findAll()).isEmpty();
        }
    }

    private VolumeGroupSnapshot take(String name, String... volumes) {
        return client.group()
                .createVolumeGroupSnapshot(CreateVolumeGroupSnapshotRequest.newBuilder()
                        .setName(name)
                        .addAllSourceVolumeIds(List.of(volumes))
                        .putParameters("csi.storage.k8s.io/volumegroupsnapshot/name", "monday")
                        .build())
                .getGroupSnapshot();
    }

    private VolumeGroupSnapshot get(String id, List<String> snapshots) {
        return client.group()
                .getVolumeGroupSnapshot(GetVolumeGroupSnapshotRequest.newBuilder()
                        .setGroupSnapshotId(id)
                        .addAllSnapshotIds(snapshots)
                        .build())
                .getGroupSnapshot();
    }

    private void delete(String id, List<String> snapshots) {
        var unused = client.group()
                .deleteVolumeGroupSnapshot(DeleteVolumeGroupSnapshotRequest.newBuilder()
                        .setGroupSnapshotId(id)
                        .addAllSnapshotIds(snapshots)
                        .build());
    }

    private static List<String> ids(VolumeGroupSnapshot group) {
        return group.getSnapshotsList().stream().map(Snapshot::getSnapshotId).toList();
    }

    private String create(CreateVolumeRequest.Builder request) {
        return client.controller().createVolume(request.build()).getVolume().getVolumeId();
    }
}
