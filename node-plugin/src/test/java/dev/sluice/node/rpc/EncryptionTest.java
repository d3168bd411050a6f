package dev.sluice.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import csi.v1.CapacityRange;
import csi.v1.NodeExpandVolumeRequest;
import csi.v1.NodeGetVolumeStatsRequest;
import csi.v1.NodeGrpc;
import csi.v1.NodePublishVolumeRequest;
import csi.v1.NodeStageVolumeRequest;
import csi.v1.NodeUnpublishVolumeRequest;
import csi.v1.NodeUnstageVolumeRequest;
import csi.v1.VolumeCapability;
import csi.v1.VolumeCapability.AccessMode.Mode;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Encryption;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Placement;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumeSpec;
import dev.sluice.names.Names;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.MountPoint;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.FakeNetwork;
import dev.sluice.node.mount.Publishing;
import dev.sluice.node.mount.ReadyVolume;
import dev.sluice.node.mount.Staging;
import dev.sluice.node.mount.StaleAttachments;
import dev.sluice.node.mount.VolumeFigures;
import dev.sluice.node.stack.EncryptedVolumes;
import dev.sluice.node.stack.PoolDirectory;
import dev.sluice.node.stack.VolumeContent;
import dev.sluice.node.stack.VolumeOrder;
import dev.sluice.node.stack.VolumeStacks;
import dev.sluice.rpc.SocketServer;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kubelet's calls for encrypted volumes, with the secrets it sends along. */
class EncryptionTest {
    private static final long SIZE = 8L << 20;
    private static final String FILES = Names.volumeId("files");
    private static final String RAW = Names.volumeId("raw");
    private static final Encryption ENCRYPTION = new Encryption(false);
    private static final String KEY = "correct-horse-battery-staple";
    private static final String WRONG = "tr0ub4dor-and-three";

    @TempDir
    Path kubelet;

    private final PoolSettings pool = new PoolSettings("fast", "vg0", "thin");
    private final FakeHost machine = new FakeHost("n1", "10.0.0.1", new FakeNetwork(), pool);
    private final Host host = machine.host();
    private final VolumeStacks stacks = new VolumeStacks(host, new PoolDirectory(List.of(pool)));
    private final EncryptedVolumes devices = new EncryptedVolumes(host, stacks);
    private final MemoryVolumes volumes = new MemoryVolumes();
    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private SocketServer server;
    private ManagedChannel channel;
    private NodeGrpc.NodeBlockingStub node;

    @BeforeEach
    void serve() throws IOException {
        Path socket = kubelet.resolve("csi.sock");
        Staging staging = new Staging(volumes, devices, host.mounts(), host.fileSystems(), host.blockDevices());
        Publishing publishing = new Publishing(devices::device, host.mounts());
        VolumeFigures figures = new VolumeFigures(devices, host.mounts(), host.fileSystems(), host.blockDevices());
        NodeService service = new NodeService("n1", List.of("fast"), kubelet, staging, publishing, figures);
        server = SocketServer.start(socket, List.of(service));
        channel = NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                .eventLoopGroup(loop)
                .overrideAuthority("localhost")
                .usePlaintext()
                .build();
        node = NodeGrpc.newBlockingStub(channel);
        bring(FILES, SIZE);
        bring(RAW, SIZE);
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void aFileSystemGoesItsWholeWayTwiceOver() {
        for (int time = 0; time < 2; time++) {
            stage(FILES, KEY);
            publish(FILES);
        }
        assertThat(host.mounts().list())
                .extracting(MountPoint::deviceNumber)
                .containsOnly(devices.device(FILES).number());
        assertThat(stats(FILES)).isEqualTo(SIZE);
        new StaleAttachments(volumes, host).remove();
        assertThat(volumes.attached).containsExactly(FILES);

        for (int time = 0; time < 2; time++) {
            unpublish(FILES);
            unstage(FILES);
        }
        assertThat(volumes.attached).isEmpty();
        assertThat(machine.leftovers()).noneMatch(left -> left.startsWith("luks") || left.startsWith("mount"));
        assertThat(machine.faults().journal())
                .filteredOn(call -> call.startsWith("Luks.format"))
                .hasSize(1);
    }

    @Test
    void aBlockVolumeIsBoundDecryptedAndOnlyWhileItIsStaged() {
        refused(Status.Code.FAILED_PRECONDITION, "not staged", () -> publish(RAW));
        stage(RAW, KEY);
        publish(RAW);

        assertThat(machine.faults().journal())
                .anyMatch(call -> call.startsWith(
                        "Mounts.ensureBind " + devices.device(RAW).path() + " "))
                .noneMatch(call -> call.startsWith("FileSystems.make"));
        assertThat(stats(RAW)).isEqualTo(SIZE);
        refused(Status.Code.FAILED_PRECONDITION, "in use", () -> unstage(RAW));
        unpublish(RAW);
        unstage(RAW);
        assertThat(machine.leftovers()).noneMatch(left -> left.startsWith("luks"));
    }

    @Test
    void aKeyThatIsMissingOrWrongIsRefusedAndLeavesNothing() {
        refused(Status.Code.INVALID_ARGUMENT, "no encryptionPassphrase", () -> stage(FILES, null));
        refused(Status.Code.INVALID_ARGUMENT, "no encryptionPassphrase", () -> stage(FILES, ""));
        assertThat(volumes.attached).isEmpty();
        stage(FILES, KEY);
        unstage(FILES);

        refused(Status.Code.INVALID_ARGUMENT, "does not open volume " + FILES, () -> stage(FILES, WRONG));

        assertThat(volumes.attached).isEmpty();
        assertThat(machine.leftovers()).noneMatch(left -> left.startsWith("luks") || left.startsWith("mount"));
        stage(FILES, KEY);
    }

    @Test
    void growsWhileItIsUsed() {
        stage(FILES, KEY);
        publish(FILES);
        bring(FILES, 2 * SIZE);

        refused(Status.Code.INVALID_ARGUMENT, "node-expand-secret", () -> expand(null));
        assertThat(expand(KEY)).isEqualTo(2 * SIZE);
        assertThat(expand(null)).isEqualTo(2 * SIZE);
        assertThat(machine.faults().journal()).anyMatch(call -> call.startsWith("FileSystems.grow"));
    }

    @Test
    void noKeyIsEverPrinted() {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (PrintStream capture = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(capture);
            System.setErr(capture);
            stage(FILES, KEY);
            unstage(FILES);
            refused(Status.Code.INVALID_ARGUMENT, "does not open", () -> stage(FILES, WRONG));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }

        String log = printed.toString(StandardCharsets.UTF_8) + machine.faults().journal();
        assertThat(log)
                .contains("NodeStageVolume answered", "Luks.format")
                .doesNotContain(KEY)
                .doesNotContain(WRONG);
    }

    private void bring(String id, long size) {
        VolumeMode mode = id.equals(RAW) ? VolumeMode.BLOCK : VolumeMode.FILESYSTEM;
        String fsType = id.equals(RAW) ? null : "ext4";
        VolumeSpec spec = new VolumeSpec(
                id,
                size,
                "fast",
                mode,
                fsType,
                Placement.PINNED,
                "n1",
                null,
                1,
                null,
                null,
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT,
                null,
                ENCRYPTION);
        stacks.bring(new VolumeOrder(id, spec, null, null));
        volumes.volumes.put(id, new ReadyVolume(id, mode, new VolumeContent(ENCRYPTION, fsType, List.of()), false));
    }

    private static Map<String, String> secrets(@Nullable String key) {
        return key == null ? Map.of() : Map.of("encryptionPassphrase", key);
    }

    private void stage(String volume, @Nullable String key) {
        var unused = node.nodeStageVolume(NodeStageVolumeRequest.newBuilder()
                .setVolumeId(volume)
                .setStagingTargetPath(staging(volume))
                .setVolumeCapability(capability(volume))
                .putAllSecrets(secrets(key))
                .build());
    }

    private void unstage(String volume) {
        var unused = node.nodeUnstageVolume(NodeUnstageVolumeRequest.newBuilder()
                .setVolumeId(volume)
                .setStagingTargetPath(staging(volume))
                .build());
    }

    private void publish(String volume) {
        var unused = node.nodePublishVolume(NodePublishVolumeRequest.newBuilder()
                .setVolumeId(volume)
                .setStagingTargetPath(staging(volume))
                .setTargetPath(target(volume))
                .setVolumeCapability(capability(volume))
                .build());
    }

    private void unpublish(String volume) {
        var unused = node.nodeUnpublishVolume(NodeUnpublishVolumeRequest.newBuilder()
                .setVolumeId(volume)
                .setTargetPath(target(volume))
                .build());
    }

    private long stats(String volume) {
        return node.nodeGetVolumeStats(NodeGetVolumeStatsRequest.newBuilder()
                        .setVolumeId(volume)
                        .setVolumePath(target(volume))
                        .build())
                .getUsage(0)
                .getTotal();
    }

    private long expand(@Nullable String key) {
        return node.nodeExpandVolume(NodeExpandVolumeRequest.newBuilder()
                        .setVolumeId(FILES)
                        .setVolumePath(target(FILES))
                        .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(2 * SIZE))
                        .putAllSecrets(secrets(key))
                        .build())
                .getCapacityBytes();
    }

    private String staging(String volume) {
        return kubelet.resolve("stage").resolve(volume).toString();
    }

    private String target(String volume) {
        return kubelet.resolve("pods").resolve(volume).toString();
    }

    private static VolumeCapability capability(String volume) {
        VolumeCapability.Builder capability = VolumeCapability.newBuilder()
                .setAccessMode(VolumeCapability.AccessMode.newBuilder().setMode(Mode.SINGLE_NODE_WRITER));
        return volume.equals(RAW)
                ? capability
                        .setBlock(VolumeCapability.BlockVolume.getDefaultInstance())
                        .build()
                : capability
                        .setMount(VolumeCapability.MountVolume.getDefaultInstance())
                        .build();
    }

    private static void refused(Status.Code code, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(failure.getStatus().getCode()).isEqualTo(code))
                .hasMessageContaining(message)
                .hasMessageNotContainingAny(KEY, WRONG);
    }
}
