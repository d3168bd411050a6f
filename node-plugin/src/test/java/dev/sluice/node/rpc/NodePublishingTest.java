package dev.sluice.node.rpc;

import static dev.sluice.node.rpc.NodeScene.FILES;
import static dev.sluice.node.rpc.NodeScene.RAW;
import static dev.sluice.node.rpc.NodeScene.SIZE;
import static dev.sluice.node.rpc.NodeScene.files;
import static dev.sluice.node.rpc.NodeScene.raw;
import static dev.sluice.node.rpc.NodeScene.refused;
import static dev.sluice.node.rpc.NodeScene.stats;
import static org.assertj.core.api.Assertions.assertThat;

import csi.v1.NodePublishVolumeRequest;
import csi.v1.VolumeCapability;
import csi.v1.VolumeCapability.AccessMode.Mode;
import csi.v1.VolumeUsage;
import dev.sluice.node.host.MountPoint;
import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NodePublishingTest {
    @RegisterExtension
    final NodeScene scene = new NodeScene(NodeScene.SIZE, null);

    @Test
    void aBlockVolumeIsNotMountedButBound() {
        scene.node.nodeStageVolume(scene.stage(RAW, raw()));
        assertThat(scene.paths()).isEmpty();

        scene.node.nodePublishVolume(scene.publish(RAW, raw(), false));

        assertThat(scene.paths()).containsExactly(scene.target(RAW));
        VolumeUsage usage =
                scene.node.nodeGetVolumeStats(stats(RAW, scene.target(RAW))).getUsage(0);
        assertThat(usage.getTotal()).isEqualTo(SIZE);
        assertThat(scene.node.nodeExpandVolume(scene.expand(RAW, SIZE)).getCapacityBytes())
                .isEqualTo(SIZE);
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
            scene.node.nodeStageVolume(scene.stage(volume, one));
            NodePublishVolumeRequest first = scene.publish(volume, one, false);
            scene.node.nodePublishVolume(first);
            scene.node.nodePublishVolume(first);

            refused(
                    Status.Code.FAILED_PRECONDITION,
                    () -> scene.node.nodePublishVolume(first.toBuilder()
                            .setTargetPath(first.getTargetPath() + "-other")
                            .build()));
        }
    }

    @Test
    void aReaderIsPublishedReadOnlyFromAWritableStage() {
        scene.node.nodeStageVolume(scene.stage(FILES, files("", Mode.SINGLE_NODE_READER_ONLY)));
        scene.node.nodePublishVolume(scene.publish(FILES, files("", Mode.SINGLE_NODE_READER_ONLY), false));

        assertThat(scene.host.mounts().list()).extracting(MountPoint::readOnly).containsExactly(false, true);
        refused(
                Status.Code.ALREADY_EXISTS,
                () -> scene.node.nodePublishVolume(scene.publish(FILES, files("", Mode.SINGLE_NODE_WRITER), false)));
    }

    @Test
    void aVolumeThatIsNotStagedIsNotPublished() {
        VolumeCapability any = files("", Mode.SINGLE_NODE_WRITER);

        refused(Status.Code.FAILED_PRECONDITION, () -> scene.node.nodePublishVolume(scene.publish(FILES, any, false)));
        refused(
                Status.Code.FAILED_PRECONDITION,
                () -> scene.node.nodePublishVolume(scene.publish(FILES, any, false).toBuilder()
                        .clearStagingTargetPath()
                        .build()));
    }
}
