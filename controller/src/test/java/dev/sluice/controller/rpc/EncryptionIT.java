package dev.sluice.controller.rpc;

import static dev.sluice.controller.rpc.CsiClient.GIB;
import static dev.sluice.controller.rpc.CsiClient.volume;
import static org.assertj.core.api.Assertions.assertThat;

import csi.v1.CapacityRange;
import csi.v1.ControllerExpandVolumeRequest;
import csi.v1.CreateSnapshotRequest;
import csi.v1.CreateVolumeRequest;
import csi.v1.DeleteVolumeRequest;
import csi.v1.GetCapacityRequest;
import dev.sluice.api.Encryption;
import dev.sluice.api.VolumeMode;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.controller.fake.TestOperations;
import dev.sluice.rpc.SocketServer;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted volumes over a real socket: what comes from one is one. */
class EncryptionIT {
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
    void theClassSaysWhetherAndHow() {
        assertThat(encryption(create(volume("plain", "n1")))).isNull();
        assertThat(encryption(create(volume("plainly", "n1").putParameters("encrypted", "false"))))
                .isNull();
        assertThat(encryption(create(encrypted("quiet", "n1")))).isEqualTo(new Encryption(false));
        assertThat(encryption(create(encrypted("thin", "n1").putParameters("encryptedDiscards", "true"))))
                .isEqualTo(new Encryption(true));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "\"true\" or \"false\"",
                volume("x", "n1").putParameters("encrypted", "yes"));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "for encrypted volumes",
                volume("x", "n1").putParameters("encryptedDiscards", "true"));
        refused(Status.Code.ALREADY_EXISTS, "other parameters", volume("quiet", "n1"));
    }

    @Test
    void aCloneIsEncryptedAsItsSourceIs() {
        String plain = create(volume("plain", "n1"));
        String secret = create(encrypted("secret", "n1"));

        String clone = create(encrypted("clone", "n2").setVolumeContentSource(CsiClient.fromVolume(secret)));

        assertThat(encryption(clone)).isEqualTo(new Encryption(false));
        assertThat(cluster.snapshots.findAll().getFirst().spec().encryption()).isEqualTo(new Encryption(false));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "the same key secret",
                volume("x", "n2").setVolumeContentSource(CsiClient.fromVolume(secret)));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "is not encrypted",
                encrypted("x", "n2").setVolumeContentSource(CsiClient.fromVolume(plain)));
    }

    @Test
    void aSnapshotRemembersWhatItsVolumeWas() {
        String source = create(encrypted("source", "n1"));
        String snapshot = client.controller()
                .createSnapshot(CreateSnapshotRequest.newBuilder()
                        .setName("s")
                        .setSourceVolumeId(source)
                        .build())
                .getSnapshot()
                .getSnapshotId();
        var unused = client.controller()
                .deleteVolume(
                        DeleteVolumeRequest.newBuilder().setVolumeId(source).build());
        assertThat(cluster.volumes.find(source)).isEmpty();
        var restore = encrypted("restored", "n2").setVolumeContentSource(CsiClient.fromSnapshot(snapshot));

        refused(
                Status.Code.INVALID_ARGUMENT,
                "is encrypted",
                volume("x", "n2").setVolumeContentSource(CsiClient.fromSnapshot(snapshot)));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "its source's mode",
                restore.clone().setName("x").setVolumeCapabilities(0, CsiClient.block()));
        String restored = create(restore);
        assertThat(encryption(restored)).isEqualTo(new Encryption(false));
        assertThat(cluster.volumes.find(restored).orElseThrow().spec().mode()).isEqualTo(VolumeMode.FILESYSTEM);
    }

    @Test
    void capacityIsToldForAClassThatNamesSecrets() {
        var asked = GetCapacityRequest.newBuilder()
                .putParameters("encrypted", "true")
                .putParameters("csi.storage.k8s.io/node-stage-secret-name", "key")
                .putParameters("csi.storage.k8s.io/node-stage-secret-namespace", "default");

        assertThat(client.controller().getCapacity(asked.build()).getAvailableCapacity())
                .isPositive();
        cluster.addNodeWithoutEncryption("n1");
        cluster.addNodeWithoutEncryption("n2");
        assertThat(client.controller().getCapacity(asked.build()).getAvailableCapacity())
                .isZero();
    }

    @Test
    void onlyNodesThatCanEncryptAreChosen() {
        cluster.addNodeWithoutEncryption("n2");

        refused(Status.Code.RESOURCE_EXHAUSTED, "n2 cannot encrypt (install cryptsetup)", encrypted("x", "n2"));
        assertThat(create(volume("x", "n2"))).isNotEmpty();
    }

    @Test
    void aBlockVolumeGrowsOnItsNodeToo() {
        String id = create(encrypted("raw", "n1").setVolumeCapabilities(0, CsiClient.block()));

        var grown = client.controller()
                .controllerExpandVolume(ControllerExpandVolumeRequest.newBuilder()
                        .setVolumeId(id)
                        .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(2 * GIB))
                        .build());

        assertThat(grown.getCapacityBytes()).isEqualTo(2 * GIB);
        assertThat(grown.getNodeExpansionRequired()).isTrue();
    }

    private static CreateVolumeRequest.Builder encrypted(String name, String node) {
        return volume(name, node).putParameters("encrypted", "true");
    }

    private @Nullable Encryption encryption(String id) {
        return cluster.volumes.find(id).orElseThrow().spec().encryption();
    }

    private String create(CreateVolumeRequest.Builder request) {
        return client.controller().createVolume(request.build()).getVolume().getVolumeId();
    }

    private void refused(Status.Code code, String message, CreateVolumeRequest.Builder request) {
        CsiSurfaceIT.refused(code, message, () -> client.controller().createVolume(request.build()));
    }
}
