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
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
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
import dev.sluice.node.mount.VolumeFigures;
import dev.sluice.node.stack.EncryptedVolumes;
import dev.sluice.node.stack.LostWrites;
import dev.sluice.node.stack.PoolDirectory;
import dev.sluice.node.stack.VolumeContent;
import dev.sluice.node.stack.VolumeOrder;
import dev.sluice.node.stack.VolumeStacks;
import dev.sluice.rpc.IdentityService;
import dev.sluice.rpc.SocketServer;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The node service on a fake machine, served on a socket as the kubelet finds it, with a file system volume and a raw one. */
@SuppressWarnings("NullAway.Init") // set before each test
final class NodeScene implements BeforeEachCallback, AfterEachCallback {
    static final long SIZE = 64L << 20;
    static final String FILES = Names.volumeId("files");
    static final String RAW = Names.volumeId("raw");
    static final String UNKNOWN = Names.volumeId("unknown");

    private final PoolSettings pool = new PoolSettings("fast", "vg0", "thin");
    final FakeHost machine = new FakeHost("n1", "10.0.0.1", new FakeNetwork(), pool);
    final Host host = machine.host();
    final VolumeStacks stacks = new VolumeStacks(host, new PoolDirectory(List.of(pool)));
    final EncryptedVolumes devices = new EncryptedVolumes(host, stacks);
    final MemoryVolumes volumes = new MemoryVolumes();
    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final long size;
    private final @Nullable Encryption encryption;
    Path kubelet;
    SocketServer server;
    ManagedChannel channel;
    NodeGrpc.NodeBlockingStub node;

    /** @param encryption of all its volumes */
    NodeScene(long size, @Nullable Encryption encryption) {
        this.size = size;
        this.encryption = encryption;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        kubelet = Files.createTempDirectory("kubelet");
        Path socket = kubelet.resolve("csi.sock");
        server = SocketServer.start(
                socket,
                List.of(
                        new IdentityService("1.2.3"),
                        new RegistrationService(socket),
                        new NodeService(
                                "n1",
                                List.of("fast"),
                                kubelet,
                                new Staging(
                                        volumes,
                                        devices,
                                        new LostWrites(host, stacks, Clock.systemUTC()),
                                        host.mounts(),
                                        host.fileSystems(),
                                        host.blockDevices()),
                                new Publishing(devices::device, host.mounts()),
                                new VolumeFigures(devices, host.mounts(), host.fileSystems(), host.blockDevices()))));
        channel = NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                .eventLoopGroup(loop)
                .overrideAuthority("localhost")
                .usePlaintext()
                .build();
        node = NodeGrpc.newBlockingStub(channel);
        bring(FILES, VolumeMode.FILESYSTEM, "ext4");
        bring(RAW, VolumeMode.BLOCK, null);
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        channel.shutdownNow();
        server.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        Files.deleteIfExists(kubelet.resolve("csi.sock"));
        Files.delete(kubelet);
    }

    void bring(String id, VolumeMode mode, @Nullable String fsType) {
        bring(id, mode, fsType, size);
    }

    void bring(String id, VolumeMode mode, @Nullable String fsType, long bytes) {
        bring(id, mode, fsType, bytes, null);
    }

    void bringCopy(String id, String source) {
        Origin origin = new Origin(OriginKind.VOLUME, source, "n1", null, size);
        bring(id, VolumeMode.FILESYSTEM, "btrfs", size, origin);
    }

    private void bring(String id, VolumeMode mode, @Nullable String fsType, long bytes, @Nullable Origin origin) {
        VolumeSpec spec = new VolumeSpec(
                id,
                bytes,
                "fast",
                mode,
                fsType,
                Placement.PINNED,
                "n1",
                null,
                1,
                origin,
                null,
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT,
                null,
                encryption);
        stacks.bring(new VolumeOrder(id, spec, null, null));
        volumes.volumes.put(id, new ReadyVolume(id, mode, new VolumeContent(encryption, fsType, List.of()), false));
    }

    /** Staged and published to one pod. */
    void publishedFiles() {
        node.nodeStageVolume(stage(FILES, files("", Mode.SINGLE_NODE_WRITER)));
        node.nodePublishVolume(publish(FILES, files("", Mode.SINGLE_NODE_WRITER), false));
    }

    List<String> paths() {
        return host.mounts().list().stream().map(MountPoint::path).toList();
    }

    String staging(String volume) {
        return kubelet.resolve("stage").resolve(volume).toString();
    }

    String target(String volume) {
        return kubelet.resolve("pods").resolve(volume).toString();
    }

    NodeStageVolumeRequest stage(String volume, VolumeCapability capability) {
        return NodeStageVolumeRequest.newBuilder()
                .setVolumeId(volume)
                .setStagingTargetPath(staging(volume))
                .setVolumeCapability(capability)
                .build();
    }

    NodeUnstageVolumeRequest unstage(String volume) {
        return NodeUnstageVolumeRequest.newBuilder()
                .setVolumeId(volume)
                .setStagingTargetPath(staging(volume))
                .build();
    }

    NodePublishVolumeRequest publish(String volume, VolumeCapability capability, boolean readOnly) {
        return NodePublishVolumeRequest.newBuilder()
                .setVolumeId(volume)
                .setStagingTargetPath(staging(volume))
                .setTargetPath(target(volume))
                .setVolumeCapability(capability)
                .setReadonly(readOnly)
                .build();
    }

    NodeUnpublishVolumeRequest unpublish(String volume) {
        return NodeUnpublishVolumeRequest.newBuilder()
                .setVolumeId(volume)
                .setTargetPath(target(volume))
                .build();
    }

    static NodeGetVolumeStatsRequest stats(String volume, String path) {
        return NodeGetVolumeStatsRequest.newBuilder()
                .setVolumeId(volume)
                .setVolumePath(path)
                .build();
    }

    NodeExpandVolumeRequest expand(String volume, long bytes) {
        return NodeExpandVolumeRequest.newBuilder()
                .setVolumeId(volume)
                .setVolumePath(target(volume))
                .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(bytes))
                .build();
    }

    static VolumeCapability files(String fsType, Mode mode, String... flags) {
        return VolumeCapability.newBuilder()
                .setMount(VolumeCapability.MountVolume.newBuilder()
                        .setFsType(fsType)
                        .addAllMountFlags(List.of(flags)))
                .setAccessMode(VolumeCapability.AccessMode.newBuilder().setMode(mode))
                .build();
    }

    static VolumeCapability raw() {
        return VolumeCapability.newBuilder()
                .setBlock(VolumeCapability.BlockVolume.getDefaultInstance())
                .setAccessMode(VolumeCapability.AccessMode.newBuilder().setMode(Mode.SINGLE_NODE_WRITER))
                .build();
    }

    static void invalid(String named, ThrowingCallable call) {
        assertThatThrownBy(call).hasMessageContaining("INVALID_ARGUMENT").hasMessageContaining(named);
    }

    static void refused(Status.Code code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(failure.getStatus().getCode()).isEqualTo(code));
    }
}
