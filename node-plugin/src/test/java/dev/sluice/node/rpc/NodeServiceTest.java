package dev.sluice.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import csi.v1.CapacityRange;
import csi.v1.GetPluginInfoRequest;
import csi.v1.IdentityGrpc;
import csi.v1.NodeExpandVolumeRequest;
import csi.v1.NodeGetCapabilitiesRequest;
import csi.v1.NodeGetInfoRequest;
import csi.v1.NodeGetVolumeStatsRequest;
import csi.v1.NodeGrpc;
import csi.v1.NodePublishVolumeRequest;
import csi.v1.NodeStageVolumeRequest;
import csi.v1.NodeUnpublishVolumeRequest;
import csi.v1.NodeUnstageVolumeRequest;
import csi.v1.VolumeCapability;
import csi.v1.VolumeCapability.AccessMode.Mode;
import csi.v1.VolumeUsage;
import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumeSpec;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
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
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pluginregistration.v1.InfoRequest;
import pluginregistration.v1.RegistrationGrpc;
import pluginregistration.v1.RegistrationStatus;

class NodeServiceTest {
    private static final long SIZE = 64L << 20;
    private static final String FILES = Names.volumeId("files");
    private static final String RAW = Names.volumeId("raw");
    private static final String UNKNOWN = Names.volumeId("unknown");

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
        server = SocketServer.start(
                socket,
                List.of(
                        new IdentityService("1.2.3"),
                        new RegistrationService(socket),
                        new NodeService(
                                "n1",
                                List.of("fast"),
                                kubelet,
                                new Staging(volumes, devices, host.mounts(), host.fileSystems(), host.blockDevices()),
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

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void aFileSystemGoesItsWholeWayTwiceOver() {
        for (int time = 0; time < 2; time++) {
            node.nodeStageVolume(stage(FILES, files("ext4", Mode.SINGLE_NODE_WRITER)));
            node.nodePublishVolume(publish(FILES, files("", Mode.SINGLE_NODE_WRITER), false));
        }
        assertThat(volumes.attached).containsExactly(FILES);
        assertThat(paths()).containsExactly(staging(FILES), target(FILES));

        for (int time = 0; time < 2; time++) {
            node.nodeUnpublishVolume(unpublish(FILES));
            node.nodeUnstageVolume(unstage(FILES));
        }
        assertThat(paths()).isEmpty();
        assertThat(volumes.attached).isEmpty();
    }

    @Test
    void figuresAreOfTheVolumeThatIsAtThePath() {
        node.nodeStageVolume(stage(RAW, raw()));
        node.nodePublishVolume(publish(RAW, raw(), false));
        publishedFiles();

        refused(Status.Code.NOT_FOUND, () -> node.nodeGetVolumeStats(stats(FILES, target(RAW))));
        refused(Status.Code.NOT_FOUND, () -> node.nodeGetVolumeStats(stats(RAW, target(FILES))));
    }

    @Test
    void aBlockVolumeIsNotMountedButBound() {
        node.nodeStageVolume(stage(RAW, raw()));
        assertThat(paths()).isEmpty();

        node.nodePublishVolume(publish(RAW, raw(), false));

        assertThat(paths()).containsExactly(target(RAW));
        VolumeUsage usage = node.nodeGetVolumeStats(stats(RAW, target(RAW))).getUsage(0);
        assertThat(usage.getTotal()).isEqualTo(SIZE);
        assertThat(node.nodeExpandVolume(expand(RAW, SIZE)).getCapacityBytes()).isEqualTo(SIZE);
    }

    @Test
    void figuresAndGrowthOfAFileSystem() {
        publishedFiles();

        List<VolumeUsage> usage =
                node.nodeGetVolumeStats(stats(FILES, target(FILES))).getUsageList();

        assertThat(usage)
                .extracting(VolumeUsage::getUnit)
                .containsExactly(VolumeUsage.Unit.BYTES, VolumeUsage.Unit.INODES);
        assertThat(node.nodeExpandVolume(expand(FILES, SIZE)).getCapacityBytes())
                .isEqualTo(SIZE);
        assertThat(machine.faults().journal()).anyMatch(call -> call.startsWith("FileSystems.grow"));
        refused(Status.Code.DEADLINE_EXCEEDED, () -> node.nodeExpandVolume(expand(FILES, 2 * SIZE)));
    }

    @Test
    void aCloneLargerThanItsSourceGrowsWhenItIsStaged() {
        volumes.volumes.put(
                FILES, new ReadyVolume(FILES, VolumeMode.FILESYSTEM, new VolumeContent(null, "ext4", List.of()), true));

        node.nodeStageVolume(stage(FILES, files("", Mode.SINGLE_NODE_WRITER)));

        assertThat(machine.faults().journal()).anyMatch(call -> call.startsWith("FileSystems.grow"));
    }

    @Test
    void mountsWithTheOptionsOfItsFileSystemAndNeverFormats() {
        String xfs = Names.volumeId("xfs");
        bring(xfs, VolumeMode.FILESYSTEM, "xfs");
        machine.faults().clear();

        node.nodeStageVolume(stage(FILES, files("ext4", Mode.SINGLE_NODE_WRITER, "noatime")));
        node.nodeStageVolume(stage(xfs, files("xfs", Mode.SINGLE_NODE_WRITER)));

        assertThat(machine.faults().journal())
                .anyMatch(call -> call.startsWith("Mounts.ensure") && call.contains("[noatime, errors=remount-ro]"))
                .anyMatch(call -> call.startsWith("Mounts.ensure") && call.contains("[nouuid]"))
                .noneMatch(call -> call.startsWith("FileSystems.make"));
    }

    @Test
    void aSingleWriterIsPublishedAtOnePlaceOnly() {
        for (String volume : List.of(FILES, RAW)) {
            VolumeCapability one = volume.equals(RAW)
                    ? raw().toBuilder()
                            .setAccessMode(
                                    VolumeCapability.AccessMode.newBuilder().setMode(Mode.SINGLE_NODE_SINGLE_WRITER))
                            .build()
                    : files("", Mode.SINGLE_NODE_SINGLE_WRITER);
            node.nodeStageVolume(stage(volume, one));
            NodePublishVolumeRequest first = publish(volume, one, false);
            node.nodePublishVolume(first);
            node.nodePublishVolume(first);

            refused(
                    Status.Code.FAILED_PRECONDITION,
                    () -> node.nodePublishVolume(first.toBuilder()
                            .setTargetPath(first.getTargetPath() + "-other")
                            .build()));
        }
    }

    @Test
    void aCopyOfBtrfsMountsBesideItsSourceAndBothKeepTheirUuid() {
        String source = Names.volumeId("btrfs");
        bring(source, VolumeMode.FILESYSTEM, "btrfs");
        node.nodeStageVolume(stage(source, files("btrfs", Mode.SINGLE_NODE_WRITER, "compress=zstd:3")));
        String copy = Names.volumeId("copy");
        bringCopy(copy, source);

        node.nodeStageVolume(stage(copy, files("", Mode.SINGLE_NODE_WRITER)));

        long sourceUuid = machine.read(stacks.device(source), 0);
        long copyUuid = machine.read(stacks.device(copy), 0);
        assertThat(copyUuid).isNotEqualTo(sourceUuid);
        machine.faults().clear();
        node.nodeStageVolume(stage(copy, files("", Mode.SINGLE_NODE_WRITER)));
        node.nodeUnstageVolume(unstage(copy));
        node.nodeStageVolume(stage(copy, files("", Mode.SINGLE_NODE_WRITER)));
        assertThat(machine.faults().journal()).noneMatch(call -> call.startsWith("FileSystems.ensureUuid"));
        assertThat(machine.read(stacks.device(copy), 0)).isEqualTo(copyUuid);
    }

    @Test
    void aVolumeThatIsMountedReadOnlyIsStagedWritable() {
        node.nodeStageVolume(stage(FILES, files("ext4", Mode.SINGLE_NODE_WRITER, "ro", "noatime")));
        node.nodePublishVolume(publish(FILES, files("ext4", Mode.SINGLE_NODE_WRITER, "ro", "noatime"), false));

        assertThat(host.mounts().list()).extracting(MountPoint::readOnly).containsExactly(false, true);
    }

    @Test
    void mountOptionsOfAnotherFileSystemAreRefused() {
        invalid("nouuid", () -> node.nodeStageVolume(stage(FILES, files("ext4", Mode.SINGLE_NODE_WRITER, "nouuid"))));
        // Of which file system the volume is, the request does not say.
        invalid("nouuid", () -> node.nodeStageVolume(stage(FILES, files("", Mode.SINGLE_NODE_WRITER, "nouuid"))));
        assertThat(paths()).isEmpty();
    }

    @Test
    void aReaderIsPublishedReadOnlyFromAWritableStage() {
        node.nodeStageVolume(stage(FILES, files("", Mode.SINGLE_NODE_READER_ONLY)));
        node.nodePublishVolume(publish(FILES, files("", Mode.SINGLE_NODE_READER_ONLY), false));

        assertThat(host.mounts().list()).extracting(MountPoint::readOnly).containsExactly(false, true);
        refused(
                Status.Code.ALREADY_EXISTS,
                () -> node.nodePublishVolume(publish(FILES, files("", Mode.SINGLE_NODE_WRITER), false)));
    }

    @Test
    void whatIsMissingInARequestIsNamed() {
        VolumeCapability any = files("", Mode.SINGLE_NODE_WRITER);
        NodeStageVolumeRequest whole = stage(FILES, any);
        invalid(
                "volume_id",
                () -> node.nodeStageVolume(whole.toBuilder().clearVolumeId().build()));
        invalid(
                "staging_target_path",
                () -> node.nodeStageVolume(
                        whole.toBuilder().clearStagingTargetPath().build()));
        invalid(
                "volume_capability",
                () -> node.nodeStageVolume(
                        whole.toBuilder().clearVolumeCapability().build()));
        invalid("volume_id", () -> node.nodeUnstageVolume(NodeUnstageVolumeRequest.getDefaultInstance()));
        invalid(
                "target_path",
                () -> node.nodePublishVolume(
                        publish(FILES, any, false).toBuilder().clearTargetPath().build()));
        invalid("volume_id", () -> node.nodeUnpublishVolume(NodeUnpublishVolumeRequest.getDefaultInstance()));
        invalid("volume_path", () -> node.nodeGetVolumeStats(stats(FILES, "")));
        invalid("volume_id", () -> node.nodeExpandVolume(NodeExpandVolumeRequest.getDefaultInstance()));
    }

    @Test
    void whatAVolumeOfOneNodeCannotGiveIsRefused() {
        for (Mode mode : List.of(Mode.MULTI_NODE_MULTI_WRITER, Mode.MULTI_NODE_READER_ONLY, Mode.UNKNOWN)) {
            invalid("access mode", () -> node.nodeStageVolume(stage(FILES, files("", mode))));
        }
        invalid("ntfs", () -> node.nodeStageVolume(stage(FILES, files("ntfs", Mode.SINGLE_NODE_WRITER))));
        invalid("suid", () -> node.nodeStageVolume(stage(FILES, files("", Mode.SINGLE_NODE_WRITER, "suid"))));
        invalid("has ext4", () -> node.nodeStageVolume(stage(FILES, files("xfs", Mode.SINGLE_NODE_WRITER))));
        invalid("mode", () -> node.nodeStageVolume(stage(FILES, raw())));
        assertThat(paths()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc", "v-%s", "-rf", "v-é", "v-1\n", "s-0123456789abcdef0123456789abcdef"})
    void anIdThatIsNotOursIsNotFoundAndNoCommandRuns(String id) {
        machine.faults().clear();
        VolumeCapability any = files("", Mode.SINGLE_NODE_WRITER);

        refused(
                Status.Code.NOT_FOUND,
                () -> node.nodeStageVolume(
                        stage(FILES, any).toBuilder().setVolumeId(id).build()));
        refused(
                Status.Code.NOT_FOUND,
                () -> node.nodePublishVolume(
                        publish(FILES, any, false).toBuilder().setVolumeId(id).build()));
        refused(Status.Code.NOT_FOUND, () -> node.nodeGetVolumeStats(stats(id, target(FILES))));
        refused(
                Status.Code.NOT_FOUND,
                () -> node.nodeExpandVolume(
                        expand(id, SIZE).toBuilder().setVolumePath("/some/path").build()));
        invalid("volume_path", () -> node.nodeGetVolumeStats(stats(id, "")));
        node.nodeUnstageVolume(unstage(FILES).toBuilder().setVolumeId(id).build());
        node.nodeUnpublishVolume(unpublish(FILES).toBuilder().setVolumeId(id).build());

        assertThat(machine.faults().journal()).isEmpty();
        assertThat(volumes.attached).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"relative", "/etc", "/tmp/../etc", "/a\0b"})
    void aPathOutsideTheKubeletsFolderIsRefused(String path) {
        refused(Status.Code.NOT_FOUND, () -> node.nodeGetVolumeStats(stats(FILES, path)));
        invalid(
                "staging_target_path",
                () -> node.nodeStageVolume(stage(FILES, raw()).toBuilder()
                        .setStagingTargetPath(path)
                        .build()));
        invalid(
                "target_path",
                () -> node.nodeUnpublishVolume(
                        unpublish(FILES).toBuilder().setTargetPath(path).build()));
    }

    @Test
    void anUnknownVolumeIsNotFoundAndLeavesNoAttachment() {
        refused(Status.Code.NOT_FOUND, () -> node.nodeStageVolume(stage(UNKNOWN, raw())));
        refused(Status.Code.NOT_FOUND, () -> node.nodePublishVolume(publish(UNKNOWN, raw(), false)));
        refused(Status.Code.NOT_FOUND, () -> node.nodeExpandVolume(expand(UNKNOWN, 0)));
        refused(Status.Code.NOT_FOUND, () -> node.nodeGetVolumeStats(stats(FILES, target(FILES))));
        node.nodeUnstageVolume(unstage(UNKNOWN));
        node.nodeUnpublishVolume(unpublish(UNKNOWN));

        assertThat(volumes.attached).isEmpty();
    }

    @Test
    void aVolumeThatIsNotStagedIsNotPublished() {
        VolumeCapability any = files("", Mode.SINGLE_NODE_WRITER);

        refused(Status.Code.FAILED_PRECONDITION, () -> node.nodePublishVolume(publish(FILES, any, false)));
        refused(
                Status.Code.FAILED_PRECONDITION,
                () -> node.nodePublishVolume(publish(FILES, any, false).toBuilder()
                        .clearStagingTargetPath()
                        .build()));
    }

    @Test
    void whyAVolumeIsNotReadyReachesTheCaller() {
        volumes.failure = new SluiceException(ErrorKind.IN_USE, "volume lives on node n2");
        refused(Status.Code.FAILED_PRECONDITION, () -> node.nodeStageVolume(stage(FILES, raw())));
        volumes.failure = new SluiceException(ErrorKind.UNAVAILABLE, "its origin is on node n2");
        refused(Status.Code.UNAVAILABLE, () -> node.nodeStageVolume(stage(FILES, raw())));
        assertThat(volumes.attached).containsExactly(FILES);
    }

    @Test
    void aSecondCallForTheVolumeIsAborted() {
        volumes.gate = new CountDownLatch(1);
        var first = NodeGrpc.newFutureStub(channel).nodeStageVolume(stage(FILES, files("", Mode.SINGLE_NODE_WRITER)));
        await().until(() -> volumes.waiting == 1);

        refused(Status.Code.ABORTED, () -> node.nodeStageVolume(stage(FILES, raw())));
        refused(Status.Code.ABORTED, () -> node.nodeUnstageVolume(unstage(FILES)));
        volumes.gate.countDown();

        await().until(first::isDone);
        node.nodeUnstageVolume(unstage(FILES));
    }

    @Test
    void theWaitEndsBeforeTheCallersDeadline() {
        volumes.gate = new CountDownLatch(1);

        assertThatThrownBy(() ->
                        node.withDeadlineAfter(2500, TimeUnit.MILLISECONDS).nodeStageVolume(stage(FILES, raw())))
                .hasMessageContaining("is not ready");
    }

    @Test
    void aHostFailureIsInternalAndTheRetrySucceeds() {
        machine.faults().failNext("Mounts.ensure", new SluiceException(ErrorKind.HOST, "mount: bad superblock"));
        NodeStageVolumeRequest request = stage(FILES, files("", Mode.SINGLE_NODE_WRITER));

        refused(Status.Code.INTERNAL, () -> node.nodeStageVolume(request));

        node.nodeStageVolume(request);
        assertThat(paths()).containsExactly(staging(FILES));
    }

    @Test
    void attachmentsThatNothingUsesAreWithdrawnAtStart() {
        publishedFiles();
        volumes.attached.add(RAW);
        volumes.attached.add(UNKNOWN);

        new StaleAttachments(volumes, host).remove();

        assertThat(volumes.attached).containsExactly(FILES);
    }

    @Test
    void saysWhoItIs() {
        var info = node.nodeGetInfo(NodeGetInfoRequest.getDefaultInstance());
        assertThat(info.getNodeId()).isEqualTo("n1");
        assertThat(info.getAccessibleTopology().getSegmentsMap())
                .containsEntry("node.sluice.dev/name", "n1")
                .containsEntry("pool.sluice.dev/fast", "true");
        assertThat(node.nodeGetCapabilities(NodeGetCapabilitiesRequest.getDefaultInstance())
                        .getCapabilitiesCount())
                .isEqualTo(4);
        var plugin = IdentityGrpc.newBlockingStub(channel).getPluginInfo(GetPluginInfoRequest.getDefaultInstance());
        assertThat(plugin.getName()).isEqualTo("csi.sluice.dev");
        assertThat(plugin.getVendorVersion()).isEqualTo("1.2.3");
        var registration = RegistrationGrpc.newBlockingStub(channel);
        assertThat(registration.getInfo(InfoRequest.getDefaultInstance()).getEndpoint())
                .isEqualTo(kubelet.resolve("csi.sock").toString());
        registration.notifyRegistrationStatus(
                RegistrationStatus.newBuilder().setPluginRegistered(true).build());
        try (SocketProbe probe = new SocketProbe(kubelet.resolve("csi.sock"))) {
            assertThat(probe.answers()).isTrue();
            server.close();
            assertThat(probe.answers()).isFalse();
        }
    }

    private void publishedFiles() {
        node.nodeStageVolume(stage(FILES, files("", Mode.SINGLE_NODE_WRITER)));
        node.nodePublishVolume(publish(FILES, files("", Mode.SINGLE_NODE_WRITER), false));
    }

    private void bring(String id, VolumeMode mode, @Nullable String fsType) {
        VolumeSpec spec = new VolumeSpec(
                id,
                SIZE,
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
                DesiredState.PRESENT);
        stacks.bring(new VolumeOrder(id, spec, null, null));
        volumes.volumes.put(id, new ReadyVolume(id, mode, new VolumeContent(null, fsType, List.of()), false));
    }

    private void bringCopy(String id, String source) {
        Origin origin = new Origin(OriginKind.VOLUME, source, "n1", null, SIZE);
        VolumeSpec spec = new VolumeSpec(
                id,
                SIZE,
                "fast",
                VolumeMode.FILESYSTEM,
                "btrfs",
                Placement.PINNED,
                "n1",
                null,
                1,
                origin,
                null,
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT);
        stacks.bring(new VolumeOrder(id, spec, null, null));
        volumes.volumes.put(
                id, new ReadyVolume(id, VolumeMode.FILESYSTEM, new VolumeContent(null, "btrfs", List.of()), false));
    }

    private List<String> paths() {
        return host.mounts().list().stream().map(MountPoint::path).toList();
    }

    private String staging(String volume) {
        return kubelet.resolve("stage").resolve(volume).toString();
    }

    private String target(String volume) {
        return kubelet.resolve("pods").resolve(volume).toString();
    }

    private NodeStageVolumeRequest stage(String volume, VolumeCapability capability) {
        return NodeStageVolumeRequest.newBuilder()
                .setVolumeId(volume)
                .setStagingTargetPath(staging(volume))
                .setVolumeCapability(capability)
                .build();
    }

    private NodeUnstageVolumeRequest unstage(String volume) {
        return NodeUnstageVolumeRequest.newBuilder()
                .setVolumeId(volume)
                .setStagingTargetPath(staging(volume))
                .build();
    }

    private NodePublishVolumeRequest publish(String volume, VolumeCapability capability, boolean readOnly) {
        return NodePublishVolumeRequest.newBuilder()
                .setVolumeId(volume)
                .setStagingTargetPath(staging(volume))
                .setTargetPath(target(volume))
                .setVolumeCapability(capability)
                .setReadonly(readOnly)
                .build();
    }

    private NodeUnpublishVolumeRequest unpublish(String volume) {
        return NodeUnpublishVolumeRequest.newBuilder()
                .setVolumeId(volume)
                .setTargetPath(target(volume))
                .build();
    }

    private static NodeGetVolumeStatsRequest stats(String volume, String path) {
        return NodeGetVolumeStatsRequest.newBuilder()
                .setVolumeId(volume)
                .setVolumePath(path)
                .build();
    }

    private NodeExpandVolumeRequest expand(String volume, long bytes) {
        return NodeExpandVolumeRequest.newBuilder()
                .setVolumeId(volume)
                .setVolumePath(target(volume))
                .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(bytes))
                .build();
    }

    private static VolumeCapability files(String fsType, Mode mode, String... flags) {
        return VolumeCapability.newBuilder()
                .setMount(VolumeCapability.MountVolume.newBuilder()
                        .setFsType(fsType)
                        .addAllMountFlags(List.of(flags)))
                .setAccessMode(VolumeCapability.AccessMode.newBuilder().setMode(mode))
                .build();
    }

    private static VolumeCapability raw() {
        return VolumeCapability.newBuilder()
                .setBlock(VolumeCapability.BlockVolume.getDefaultInstance())
                .setAccessMode(VolumeCapability.AccessMode.newBuilder().setMode(Mode.SINGLE_NODE_WRITER))
                .build();
    }

    private static void invalid(String named, ThrowingCallable call) {
        assertThatThrownBy(call).hasMessageContaining("INVALID_ARGUMENT").hasMessageContaining(named);
    }

    private static void refused(Status.Code code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(failure.getStatus().getCode()).isEqualTo(code));
    }
}
