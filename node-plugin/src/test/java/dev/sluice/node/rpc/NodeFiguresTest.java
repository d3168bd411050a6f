package dev.sluice.node.rpc;

import static dev.sluice.node.rpc.NodeScene.FILES;
import static dev.sluice.node.rpc.NodeScene.RAW;
import static dev.sluice.node.rpc.NodeScene.SIZE;
import static dev.sluice.node.rpc.NodeScene.raw;
import static dev.sluice.node.rpc.NodeScene.refused;
import static dev.sluice.node.rpc.NodeScene.stats;
import static org.assertj.core.api.Assertions.assertThat;

import csi.v1.VolumeUsage;
import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NodeFiguresTest {
    @RegisterExtension
    final NodeScene scene = new NodeScene(NodeScene.SIZE, null);

    @Test
    void figuresAreOfTheVolumeThatIsAtThePath() {
        scene.node.nodeStageVolume(scene.stage(RAW, raw()));
        scene.node.nodePublishVolume(scene.publish(RAW, raw(), false));
        scene.publishedFiles();

        refused(Status.Code.NOT_FOUND, () -> scene.node.nodeGetVolumeStats(stats(FILES, scene.target(RAW))));
        refused(Status.Code.NOT_FOUND, () -> scene.node.nodeGetVolumeStats(stats(RAW, scene.target(FILES))));
    }

    @Test
    void figuresAndGrowthOfAFileSystem() {
        scene.publishedFiles();

        List<VolumeUsage> usage =
                scene.node.nodeGetVolumeStats(stats(FILES, scene.target(FILES))).getUsageList();

        assertThat(usage)
                .extracting(VolumeUsage::getUnit)
                .containsExactly(VolumeUsage.Unit.BYTES, VolumeUsage.Unit.INODES);
        assertThat(scene.node.nodeExpandVolume(scene.expand(FILES, SIZE)).getCapacityBytes())
                .isEqualTo(SIZE);
        assertThat(scene.machine.faults().journal()).anyMatch(call -> call.startsWith("FileSystems.grow"));
        refused(Status.Code.DEADLINE_EXCEEDED, () -> scene.node.nodeExpandVolume(scene.expand(FILES, 2 * SIZE)));
    }
}
