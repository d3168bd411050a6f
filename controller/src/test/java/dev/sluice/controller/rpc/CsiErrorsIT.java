package dev.sluice.controller.rpc;

import static dev.sluice.controller.rpc.CsiClient.GIB;
import static dev.sluice.controller.rpc.CsiClient.volume;
import static org.assertj.core.api.Assertions.assertThat;

import csi.v1.CapacityRange;
import csi.v1.CreateSnapshotRequest;
import csi.v1.CreateVolumeRequest;
import csi.v1.DeleteSnapshotRequest;
import csi.v1.DeleteVolumeRequest;
import csi.v1.VolumeCapability;
import csi.v1.VolumeCapability.AccessMode.Mode;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.controller.fake.TestOperations;
import dev.sluice.names.Names;
import dev.sluice.rpc.SocketServer;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input: an exact code, a message a person understands, and nothing left behind. */
class CsiErrorsIT {
    private static final String SOURCE = Names.volumeId("source");

    private final FakeRegistry cluster = new FakeRegistry();
    private SocketServer server;
    private CsiClient client;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        cluster.addNode("n1");
        cluster.addNode("n2");
        Path socket = folder.resolve("csi.sock");
        server = SocketServer.start(
                socket, List.of(new ControllerService(TestOperations.over(cluster.asRegistry()), "sluice-system")));
        client = new CsiClient(socket);
        create(volume("source", "n1"));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    static Stream<Arguments> badRequests() {
        CreateVolumeRequest.Builder good = volume("x", "n2");
        return Stream.of(
                bad(
                        Status.Code.INVALID_ARGUMENT,
                        "name is missing",
                        good.clone().setName("")),
                bad(Status.Code.INVALID_ARGUMENT, "128 bytes", good.clone().setName("n".repeat(300))),
                bad(
                        Status.Code.INVALID_ARGUMENT,
                        "control characters",
                        good.clone().setName("a\nb")),
                bad(
                        Status.Code.INVALID_ARGUMENT,
                        "capabilities are missing",
                        good.clone().clearVolumeCapabilities()),
                bad(
                        Status.Code.INVALID_ARGUMENT,
                        "MULTI_NODE_MULTI_WRITER is not supported",
                        good.clone().setVolumeCapabilities(0, CsiClient.mount(Mode.MULTI_NODE_MULTI_WRITER, ""))),
                bad(
                        Status.Code.INVALID_ARGUMENT,
                        "\"ntfs\" is not offered; offered are ext4, xfs, btrfs",
                        good.clone().setVolumeCapabilities(0, CsiClient.mount(Mode.SINGLE_NODE_WRITER, "ntfs"))),
                bad(
                        Status.Code.INVALID_ARGUMENT,
                        "mount option nouuid is not offered for ext4",
                        good.clone().setVolumeCapabilities(0, withOption("ext4", "nouuid"))),
                bad(
                        Status.Code.INVALID_ARGUMENT,
                        "mount option loop is not offered for any file system",
                        good.clone().setVolumeCapabilities(0, withOption("", "loop"))),
                bad(
                        Status.Code.INVALID_ARGUMENT,
                        "mkfsOptions: -E is not offered for ext4",
                        good.clone().putParameters("mkfsOptions", "-E discard")),
                bad(
                        Status.Code.INVALID_ARGUMENT,
                        "minBytesPerSecond 2 is above maxBytesPerSecond 1",
                        good.clone()
                                .putParameters("maxBytesPerSecond", "1")
                                .putModifyParameters("minBytesPerSecond", "2")),
                bad(
                        Status.Code.INVALID_ARGUMENT,
                        "latencyBudget must be from 1 to 1000 per cent, not 1001",
                        good.clone().putParameters("latencyBudget", "1001")),
                bad(
                        Status.Code.INVALID_ARGUMENT,
                        "hydrationThreshold must be 1 or more, not 0",
                        good.clone().putParameters("hydrationThreshold", "0")),
                bad(
                        Status.Code.OUT_OF_RANGE,
                        "at least 300Mi",
                        good.clone()
                                .setVolumeCapabilities(0, CsiClient.mount(Mode.SINGLE_NODE_WRITER, "xfs"))
                                .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(GIB / 4))),
                bad(
                        Status.Code.INVALID_ARGUMENT,
                        "unknown parameter \"colour\"",
                        good.clone().putParameters("colour", "red")),
                bad(
                        Status.Code.INVALID_ARGUMENT,
                        "must be Pinned or Follow",
                        good.clone().putParameters("placement", "Anywhere")),
                bad(Status.Code.INVALID_ARGUMENT, "power of two", good.clone().putParameters("regionSize", "5000")),
                bad(
                        Status.Code.INVALID_ARGUMENT,
                        "no node has a pool called slow",
                        good.clone().putParameters("pool", "slow")),
                bad(
                        Status.Code.NOT_FOUND,
                        "does not exist",
                        good.clone().setVolumeContentSource(CsiClient.fromVolume("../../etc"))),
                bad(
                        Status.Code.NOT_FOUND,
                        "does not exist",
                        good.clone().setVolumeContentSource(CsiClient.fromVolume(Names.volumeId("none")))),
                bad(
                        Status.Code.NOT_FOUND,
                        "does not exist",
                        good.clone().setVolumeContentSource(CsiClient.fromSnapshot(Names.snapshotId("none")))),
                bad(
                        Status.Code.OUT_OF_RANGE,
                        "the source has",
                        good.clone()
                                .setVolumeContentSource(CsiClient.fromVolume(SOURCE))
                                .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(GIB / 2))),
                bad(
                        Status.Code.OUT_OF_RANGE,
                        "limit",
                        good.clone()
                                .setCapacityRange(CapacityRange.newBuilder()
                                        .setRequiredBytes(GIB + 1)
                                        .setLimitBytes(GIB + 2))),
                bad(
                        Status.Code.INVALID_ARGUMENT,
                        "source's mode",
                        good.clone()
                                .setVolumeContentSource(CsiClient.fromVolume(SOURCE))
                                .setVolumeCapabilities(0, CsiClient.block())),
                bad(
                        Status.Code.RESOURCE_EXHAUSTED,
                        "n2 has",
                        good.clone().setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(200 * GIB))),
                bad(
                        Status.Code.ALREADY_EXISTS,
                        "other parameters",
                        volume("source", "n1")
                                .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(2 * GIB))));
    }

    private static VolumeCapability withOption(String fsType, String option) {
        VolumeCapability mount = CsiClient.mount(Mode.SINGLE_NODE_WRITER, fsType);
        return mount.toBuilder()
                .setMount(mount.getMount().toBuilder().addMountFlags(option))
                .build();
    }

    private static Arguments bad(Status.Code code, String message, CreateVolumeRequest.Builder request) {
        return Arguments.of(code, message, request.build());
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("badRequests")
    void badRequestsLeaveNothing(Status.Code code, String message, CreateVolumeRequest request) {
        String before = cluster.endState();
        CsiSurfaceIT.refused(code, message, () -> client.controller().createVolume(request));
        assertThat(cluster.endState()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc/passwd", "100%", "-rf", "日本語", "a b;c"})
    void oddNamesAreOnlyHashed(String name) {
        assertThat(create(volume(name, "n1")).getVolumeId()).matches("v-[0-9a-f]{32}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "-rf", "v-123", "pvc-1%", "日本語"})
    void foreignIdsAreDeletedAlready(String id) {
        assertThat(client.controller()
                        .deleteVolume(
                                DeleteVolumeRequest.newBuilder().setVolumeId(id).build()))
                .isNotNull();
        assertThat(client.controller()
                        .deleteSnapshot(DeleteSnapshotRequest.newBuilder()
                                .setSnapshotId(id)
                                .build()))
                .isNotNull();
        CsiSurfaceIT.refused(
                Status.Code.NOT_FOUND,
                "does not exist",
                () -> client.controller()
                        .createSnapshot(CreateSnapshotRequest.newBuilder()
                                .setName("s")
                                .setSourceVolumeId(id)
                                .build()));
    }

    @Test
    void aFullPoolIsUndoneBeforeItIsReported() {
        cluster.nodes.full.add("n2");
        CsiSurfaceIT.refused(Status.Code.RESOURCE_EXHAUSTED, "full", () -> create(volume("x", "n2")));
        assertThat(cluster.volumes
                        .find(Names.volumeId("x"))
                        .map(each -> each.spec().state().name()))
                .hasValue("ABSENT");
        CsiSurfaceIT.refused(Status.Code.ABORTED, "being deleted", () -> create(volume("x", "n1")));
        client.controller()
                .deleteVolume(DeleteVolumeRequest.newBuilder()
                        .setVolumeId(Names.volumeId("x"))
                        .build());
        assertThat(create(volume("x", "n1")).getVolumeId()).isEqualTo(Names.volumeId("x"));
    }

    @Test
    void theOriginsNodeIsAway() {
        cluster.setAlive("n1", false);
        CsiSurfaceIT.refused(
                Status.Code.UNAVAILABLE,
                "node n1",
                () -> create(volume("x", "n2").setVolumeContentSource(CsiClient.fromVolume(SOURCE))));
        assertThat(cluster.volumes.findAll()).hasSize(1);
    }

    @Test
    void aSlowNodeIsStillWorkingAndKeepsWhatWasBegun() {
        cluster.nodes.away.add("n2");
        CsiSurfaceIT.refused(
                Status.Code.DEADLINE_EXCEEDED,
                "",
                () -> client.hurried().createVolume(volume("x", "n2").build()));
        assertThat(cluster.volumes.find(Names.volumeId("x"))).isPresent();
        cluster.nodes.away.clear();
        assertThat(create(volume("x", "n2")).getVolumeId()).isEqualTo(Names.volumeId("x"));
    }

    @Test
    void aSecondCallForTheSameVolumeIsAborted() {
        cluster.nodes.away.add("n2");
        try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = other.submit(() -> create(volume("x", "n2")));
            Awaitility.await()
                    .until(() -> cluster.volumes.find(Names.volumeId("x")).isPresent());
            CsiSurfaceIT.refused(Status.Code.ABORTED, "in flight", () -> create(volume("x", "n2")));
            cluster.nodes.away.clear();
            cluster.setAlive("n2", true);
            Awaitility.await().until(first::isDone);
        }
    }

    @Test
    void aDeadHomeLeavesATombstone() {
        cluster.nodes.away.add("n1");
        cluster.setAlive("n1", false);
        client.controller()
                .deleteVolume(
                        DeleteVolumeRequest.newBuilder().setVolumeId(SOURCE).build());
        assertThat(cluster.volumes.find(SOURCE)).isPresent();
        CsiSurfaceIT.refused(Status.Code.ABORTED, "being deleted", () -> create(volume("source", "n1")));
        CsiSurfaceIT.refused(
                Status.Code.NOT_FOUND,
                "does not exist",
                () -> create(volume("x", "n2").setVolumeContentSource(CsiClient.fromVolume(SOURCE))));
    }

    private csi.v1.Volume create(CreateVolumeRequest.Builder request) {
        return client.controller().createVolume(request.build()).getVolume();
    }
}
