package dev.sluice.node.rpc;

import static dev.sluice.node.rpc.NodeScene.FILES;
import static dev.sluice.node.rpc.NodeScene.files;
import static org.assertj.core.api.Assertions.assertThat;

import csi.v1.GetPluginInfoRequest;
import csi.v1.IdentityGrpc;
import csi.v1.NodeGetCapabilitiesRequest;
import csi.v1.NodeGetInfoRequest;
import csi.v1.VolumeCapability.AccessMode.Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import pluginregistration.v1.InfoRequest;
import pluginregistration.v1.RegistrationGrpc;
import pluginregistration.v1.RegistrationStatus;

class NodeServiceTest {
    @RegisterExtension
    final NodeScene scene = new NodeScene(NodeScene.SIZE, null);

    @Test
    void aFileSystemGoesItsWholeWayTwiceOver() {
        for (int time = 0; time < 2; time++) {
            scene.node.nodeStageVolume(scene.stage(FILES, files("ext4", Mode.SINGLE_NODE_WRITER)));
            scene.node.nodePublishVolume(scene.publish(FILES, files("", Mode.SINGLE_NODE_WRITER), false));
        }
        assertThat(scene.volumes.attached).containsExactly(FILES);
        assertThat(scene.paths()).containsExactly(scene.staging(FILES), scene.target(FILES));

        for (int time = 0; time < 2; time++) {
            scene.node.nodeUnpublishVolume(scene.unpublish(FILES));
            scene.node.nodeUnstageVolume(scene.unstage(FILES));
        }
        assertThat(scene.paths()).isEmpty();
        assertThat(scene.volumes.attached).isEmpty();
    }

    @Test
    void saysWhoItIs() {
        var info = scene.node.nodeGetInfo(NodeGetInfoRequest.getDefaultInstance());
        assertThat(info.getNodeId()).isEqualTo("n1");
        assertThat(info.getAccessibleTopology().getSegmentsMap())
                .containsEntry("node.sluice.dev/name", "n1")
                .containsEntry("pool.sluice.dev/fast", "true");
        assertThat(scene.node
                        .nodeGetCapabilities(NodeGetCapabilitiesRequest.getDefaultInstance())
                        .getCapabilitiesCount())
                .isEqualTo(4);
        var plugin =
                IdentityGrpc.newBlockingStub(scene.channel).getPluginInfo(GetPluginInfoRequest.getDefaultInstance());
        assertThat(plugin.getName()).isEqualTo("csi.sluice.dev");
        assertThat(plugin.getVendorVersion()).isEqualTo("1.2.3");
        var registration = RegistrationGrpc.newBlockingStub(scene.channel);
        assertThat(registration.getInfo(InfoRequest.getDefaultInstance()).getEndpoint())
                .isEqualTo(scene.kubelet.resolve("csi.sock").toString());
        registration.notifyRegistrationStatus(
                RegistrationStatus.newBuilder().setPluginRegistered(true).build());
        try (SocketProbe probe = new SocketProbe(scene.kubelet.resolve("csi.sock"))) {
            assertThat(probe.answers()).isTrue();
            scene.server.close();
            assertThat(probe.answers()).isFalse();
        }
    }
}
