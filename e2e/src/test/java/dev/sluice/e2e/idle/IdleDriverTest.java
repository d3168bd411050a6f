package dev.sluice.e2e.idle;

import static org.assertj.core.api.Assertions.assertThat;

import csi.v1.GetPluginInfoRequest;
import csi.v1.IdentityGrpc;
import csi.v1.NodeGetCapabilitiesRequest;
import csi.v1.NodeGetInfoRequest;
import csi.v1.NodeGrpc;
import csi.v1.NodePublishVolumeRequest;
import csi.v1.NodeUnpublishVolumeRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pluginregistration.v1.InfoRequest;
import pluginregistration.v1.PluginInfo;
import pluginregistration.v1.RegistrationGrpc;

/** What a kubelet sees of the driver, over its sockets. */
class IdleDriverTest {
    @TempDir
    Path kubelet;

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final Recorded mounts = new Recorded();
    private IdleDriver driver;

    /** Mounts nothing, and remembers what was asked for since the start. */
    private static final class Recorded implements Mounts {
        final List<String> calls = new ArrayList<>();

        @Override
        public void bind(Path folder, Path target) {
            calls.add("bind " + folder.getFileName() + " at " + target);
        }

        @Override
        public void unmount(Path target) {
            calls.add("unmount " + target);
        }
    }

    @BeforeEach
    void start() throws IOException {
        driver = IdleDriver.start("n1", kubelet, mounts);
        mounts.calls.clear();
    }

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        driver.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void registersItsSocketUnderItsName() {
        PluginInfo info =
                RegistrationGrpc.newBlockingStub(channel(registration())).getInfo(InfoRequest.getDefaultInstance());

        assertThat(info.getType()).isEqualTo("CSIPlugin");
        assertThat(info.getName()).isEqualTo(IdleDriverMain.NAME);
        ManagedChannel csi = channel(Path.of(info.getEndpoint()));
        assertThat(IdentityGrpc.newBlockingStub(csi)
                        .getPluginInfo(GetPluginInfoRequest.getDefaultInstance())
                        .getName())
                .isEqualTo(IdleDriverMain.NAME);
        NodeGrpc.NodeBlockingStub node = NodeGrpc.newBlockingStub(csi);
        assertThat(node.nodeGetInfo(NodeGetInfoRequest.getDefaultInstance()).getNodeId())
                .isEqualTo("n1");
        assertThat(node.nodeGetCapabilities(NodeGetCapabilitiesRequest.getDefaultInstance())
                        .getCapabilitiesList())
                .isEmpty();
    }

    @Test
    void publishesAnEmptyFolderAndTakesItAwayAgain() {
        NodeGrpc.NodeBlockingStub node = NodeGrpc.newBlockingStub(channel(csi()));
        Path target = kubelet.resolve("pods/1/volumes/kubernetes.io~csi/pv/mount");

        node.nodePublishVolume(NodePublishVolumeRequest.newBuilder()
                .setTargetPath(target.toString())
                .build());
        assertThat(target).isDirectory();
        NodeUnpublishVolumeRequest unpublish = NodeUnpublishVolumeRequest.newBuilder()
                .setTargetPath(target.toString())
                .build();
        node.nodeUnpublishVolume(unpublish);
        node.nodeUnpublishVolume(unpublish);

        assertThat(target).doesNotExist();
        assertThat(mounts.calls).containsExactly("bind empty at " + target, "unmount " + target, "unmount " + target);
    }

    @Test
    void leavesNoSocketBehind() {
        driver.close();

        assertThat(Files.exists(registration())).isFalse();
        assertThat(Files.exists(csi())).isFalse();
    }

    private Path registration() {
        return kubelet.resolve("plugins_registry/" + IdleDriverMain.NAME + "-reg.sock");
    }

    private Path csi() {
        return kubelet.resolve("plugins/" + IdleDriverMain.NAME + "/csi.sock");
    }

    private ManagedChannel channel(Path socket) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                .eventLoopGroup(loop)
                .overrideAuthority("localhost")
                .usePlaintext()
                .build();
        channels.add(channel);
        return channel;
    }
}
