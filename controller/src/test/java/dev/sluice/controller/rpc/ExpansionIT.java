package dev.sluice.controller.rpc;

import static dev.sluice.controller.rpc.CsiClient.GIB;
import static dev.sluice.controller.rpc.CsiClient.volume;
import static dev.sluice.controller.rpc.CsiSurfaceIT.refused;
import static org.assertj.core.api.Assertions.assertThat;

import csi.v1.CapacityRange;
import csi.v1.ControllerExpandVolumeRequest;
import csi.v1.ControllerExpandVolumeResponse;
import csi.v1.ControllerModifyVolumeRequest;
import csi.v1.CreateVolumeRequest;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.VolumeSpec;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.controller.fake.TestOperations;
import dev.sluice.rpc.SocketServer;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume is changed after it was made: its size, and how it is hydrated. */
class ExpansionIT {
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
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void aFailedExpansionIsRecoveredByAskingForLess() {
        String id = create(volume("a", "n1"));
        cluster.nodes.full.add("n1");
        refused(Status.Code.OUT_OF_RANGE, "cannot grow to " + 4 * GIB, () -> expand(id, 4 * GIB));
        assertThat(spec(id).sizeBytes()).isEqualTo(GIB);
        refused(Status.Code.OUT_OF_RANGE, "cannot grow to " + 3 * GIB, () -> expand(id, 3 * GIB));

        cluster.nodes.full.clear();
        assertThat(expand(id, 2 * GIB).getCapacityBytes()).isEqualTo(2 * GIB);

        assertThat(spec(id).sizeBytes()).isEqualTo(2 * GIB);
    }

    @Test
    void whatAPoolCannotHoldIsRefusedWithItsRoomAndNothingChanges() {
        String id = create(volume("a", "n1"));
        String before = cluster.endState();

        refused(
                Status.Code.OUT_OF_RANGE,
                "pool fast of node n1 has " + 98L * FakeRegistry.POOL_BYTES / 100 + " free",
                () -> expand(id, 500 * GIB));

        assertThat(cluster.endState()).isEqualTo(before);
        assertThat(expand(id, 2 * GIB).getCapacityBytes()).isEqualTo(2 * GIB);
    }

    @Test
    void aSizeThatIsNotReachedYetIsTakenBack() {
        String id = create(volume("a", "n1"));
        cluster.nodes.away.add("n1");
        refused(
                Status.Code.DEADLINE_EXCEEDED,
                "",
                () -> client.hurried().controllerExpandVolume(expansion(id, 4 * GIB, 0)));
        assertThat(spec(id).sizeBytes()).isEqualTo(4 * GIB);

        assertThat(expand(id, GIB).getCapacityBytes()).isEqualTo(GIB);

        assertThat(spec(id).sizeBytes()).isEqualTo(GIB);
    }

    @Test
    void aVolumeNeverShrinks() {
        String id = create(volume("a", "n1"));
        refused(
                Status.Code.OUT_OF_RANGE,
                "never shrinks",
                () -> client.controller().controllerExpandVolume(expansion(id, 0, GIB / 2)));
        assertThat(expand(id, GIB / 2).getCapacityBytes()).isEqualTo(GIB);
    }

    @Test
    void onlyFileSystemsAreGrownByTheNode() {
        String block = create(volume("b", "n1").setVolumeCapabilities(0, CsiClient.block()));
        String files = create(volume("f", "n1"));

        assertThat(expand(block, 2 * GIB).getNodeExpansionRequired()).isFalse();
        assertThat(expand(files, 2 * GIB).getNodeExpansionRequired()).isTrue();
    }

    @Test
    void aCloneGrowsWhileItHydratesAndItsSourceDoesToo() {
        String source = create(volume("a", "n1"));
        String clone = create(volume("b", "n2").setVolumeContentSource(CsiClient.fromVolume(source)));

        assertThat(expand(clone, 2 * GIB).getCapacityBytes()).isEqualTo(2 * GIB);
        assertThat(expand(source, 3 * GIB).getCapacityBytes()).isEqualTo(3 * GIB);

        assertThat(spec(clone).origin())
                .isNotNull()
                .satisfies(origin -> assertThat(origin.sizeBytes()).isEqualTo(GIB));
    }

    @Test
    void whatAVolumeAttributesClassSaysIsKeptAndAFloorStaysBelowTheLimit() {
        String id = create(volume("a", "n1")
                .putParameters("minBytesPerSecond", "1Mi")
                .putParameters("latencyBudget", "30")
                .putParameters("hydrationBatchSize", "8")
                .putParameters("hydrationThreshold", "32"));
        assertThat(spec(id).hydration().latencyBudget()).isEqualTo(30);

        modify(
                id,
                Map.of("maxBytesPerSecond", "8Mi", "minBytesPerSecond", "2Mi", "latencyBudget", "60", "priority", "3"));

        assertThat(spec(id).hydration())
                .isEqualTo(new HydrationSettings(false, 8L << 20, 3, null, 2L << 20, 600L, 60, 8, 32));
        refused(Status.Code.INVALID_ARGUMENT, "is above", () -> modify(id, Map.of("maxBytesPerSecond", "1Mi")));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "unknown mutable parameter \"pool\"",
                () -> modify(id, Map.of("pool", "fast")));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "unknown mutable parameter \"hydrationThreshold\"",
                () -> modify(id, Map.of("hydrationThreshold", "64")));
        assertThat(spec(id).hydration().maxBytesPerSecond()).isEqualTo(8L << 20);
    }

    @Test
    void optionsOfMkfsAreForWhatIsFormattedOnly() {
        String empty = create(volume("a", "n1").putParameters("mkfsOptions", "-i 65536 -m 1"));
        String clone = create(volume("b", "n1")
                .putParameters("mkfsOptions", "-i 65536 -m 1")
                .setVolumeContentSource(CsiClient.fromVolume(empty)));
        String block = create(volume("c", "n1")
                .putParameters("mkfsOptions", "-i 65536 -m 1")
                .setVolumeCapabilities(0, CsiClient.block()));

        assertThat(spec(empty).mkfsOptions()).containsExactly("-i", "65536", "-m", "1");
        assertThat(spec(clone).mkfsOptions()).isNull();
        assertThat(spec(block).mkfsOptions()).isNull();
    }

    private String create(CreateVolumeRequest.Builder request) {
        return client.controller().createVolume(request.build()).getVolume().getVolumeId();
    }

    private VolumeSpec spec(String id) {
        return cluster.volumes.find(id).orElseThrow().spec();
    }

    private ControllerExpandVolumeResponse expand(String id, long bytes) {
        return client.controller().controllerExpandVolume(expansion(id, bytes, 0));
    }

    private static ControllerExpandVolumeRequest expansion(String id, long bytes, long limit) {
        return ControllerExpandVolumeRequest.newBuilder()
                .setVolumeId(id)
                .setCapacityRange(
                        CapacityRange.newBuilder().setRequiredBytes(bytes).setLimitBytes(limit))
                .build();
    }

    private void modify(String id, Map<String, String> keys) {
        var unused = client.controller()
                .controllerModifyVolume(ControllerModifyVolumeRequest.newBuilder()
                        .setVolumeId(id)
                        .putAllModifyParameters(keys)
                        .build());
    }
}
