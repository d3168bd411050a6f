package dev.sluice.node.rpc;

import static dev.sluice.node.rpc.NodeScene.FILES;
import static dev.sluice.node.rpc.NodeScene.SIZE;
import static dev.sluice.node.rpc.NodeScene.UNKNOWN;
import static dev.sluice.node.rpc.NodeScene.files;
import static dev.sluice.node.rpc.NodeScene.invalid;
import static dev.sluice.node.rpc.NodeScene.raw;
import static dev.sluice.node.rpc.NodeScene.refused;
import static dev.sluice.node.rpc.NodeScene.stats;
import static org.assertj.core.api.Assertions.assertThat;

import csi.v1.NodeExpandVolumeRequest;
import csi.v1.NodeStageVolumeRequest;
import csi.v1.NodeUnpublishVolumeRequest;
import csi.v1.NodeUnstageVolumeRequest;
import csi.v1.VolumeCapability;
import csi.v1.VolumeCapability.AccessMode.Mode;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeRequestsTest {
    @RegisterExtension
    final NodeScene scene = new NodeScene(NodeScene.SIZE, null);

    @Test
    void whatIsMissingInARequestIsNamed() {
        VolumeCapability any = files("", Mode.SINGLE_NODE_WRITER);
        NodeStageVolumeRequest whole = scene.stage(FILES, any);
        invalid(
                "volume_id",
                () -> scene.node.nodeStageVolume(
                        whole.toBuilder().clearVolumeId().build()));
        invalid(
                "staging_target_path",
                () -> scene.node.nodeStageVolume(
                        whole.toBuilder().clearStagingTargetPath().build()));
        invalid(
                "volume_capability",
                () -> scene.node.nodeStageVolume(
                        whole.toBuilder().clearVolumeCapability().build()));
        invalid("volume_id", () -> scene.node.nodeUnstageVolume(NodeUnstageVolumeRequest.getDefaultInstance()));
        invalid(
                "target_path",
                () -> scene.node.nodePublishVolume(scene.publish(FILES, any, false).toBuilder()
                        .clearTargetPath()
                        .build()));
        invalid("volume_id", () -> scene.node.nodeUnpublishVolume(NodeUnpublishVolumeRequest.getDefaultInstance()));
        invalid("volume_path", () -> scene.node.nodeGetVolumeStats(stats(FILES, "")));
        invalid("volume_id", () -> scene.node.nodeExpandVolume(NodeExpandVolumeRequest.getDefaultInstance()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc", "v-%s", "-rf", "v-é", "v-1\n", "s-0123456789abcdef0123456789abcdef"})
    void anIdThatIsNotOursIsNotFoundAndNoCommandRuns(String id) {
        scene.machine.faults().clear();
        VolumeCapability any = files("", Mode.SINGLE_NODE_WRITER);

        refused(
                Status.Code.NOT_FOUND,
                () -> scene.node.nodeStageVolume(
                        scene.stage(FILES, any).toBuilder().setVolumeId(id).build()));
        refused(
                Status.Code.NOT_FOUND,
                () -> scene.node.nodePublishVolume(scene.publish(FILES, any, false).toBuilder()
                        .setVolumeId(id)
                        .build()));
        refused(Status.Code.NOT_FOUND, () -> scene.node.nodeGetVolumeStats(stats(id, scene.target(FILES))));
        refused(
                Status.Code.NOT_FOUND,
                () -> scene.node.nodeExpandVolume(scene.expand(id, SIZE).toBuilder()
                        .setVolumePath("/some/path")
                        .build()));
        invalid("volume_path", () -> scene.node.nodeGetVolumeStats(stats(id, "")));
        scene.node.nodeUnstageVolume(
                scene.unstage(FILES).toBuilder().setVolumeId(id).build());
        scene.node.nodeUnpublishVolume(
                scene.unpublish(FILES).toBuilder().setVolumeId(id).build());

        assertThat(scene.machine.faults().journal()).isEmpty();
        assertThat(scene.volumes.attached).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"relative", "/etc", "/tmp/../etc", "/a\0b"})
    void aPathOutsideTheKubeletsFolderIsRefused(String path) {
        refused(Status.Code.NOT_FOUND, () -> scene.node.nodeGetVolumeStats(stats(FILES, path)));
        invalid(
                "staging_target_path",
                () -> scene.node.nodeStageVolume(scene.stage(FILES, raw()).toBuilder()
                        .setStagingTargetPath(path)
                        .build()));
        invalid(
                "target_path",
                () -> scene.node.nodeUnpublishVolume(
                        scene.unpublish(FILES).toBuilder().setTargetPath(path).build()));
    }

    @Test
    void anUnknownVolumeIsNotFoundAndLeavesNoAttachment() {
        refused(Status.Code.NOT_FOUND, () -> scene.node.nodeStageVolume(scene.stage(UNKNOWN, raw())));
        refused(Status.Code.NOT_FOUND, () -> scene.node.nodePublishVolume(scene.publish(UNKNOWN, raw(), false)));
        refused(Status.Code.NOT_FOUND, () -> scene.node.nodeExpandVolume(scene.expand(UNKNOWN, 0)));
        refused(Status.Code.NOT_FOUND, () -> scene.node.nodeGetVolumeStats(stats(FILES, scene.target(FILES))));
        scene.node.nodeUnstageVolume(scene.unstage(UNKNOWN));
        scene.node.nodeUnpublishVolume(scene.unpublish(UNKNOWN));

        assertThat(scene.volumes.attached).isEmpty();
    }
}
