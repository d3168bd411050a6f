package dev.sluice.node.rpc;

import static dev.sluice.node.rpc.NodeScene.FILES;
import static dev.sluice.node.rpc.NodeScene.RAW;
import static dev.sluice.node.rpc.NodeScene.UNKNOWN;
import static dev.sluice.node.rpc.NodeScene.files;
import static dev.sluice.node.rpc.NodeScene.invalid;
import static dev.sluice.node.rpc.NodeScene.raw;
import static dev.sluice.node.rpc.NodeScene.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import csi.v1.NodeGrpc;
import csi.v1.NodeStageVolumeRequest;
import csi.v1.VolumeCapability.AccessMode.Mode;
import dev.sluice.api.VolumeMode;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.MountPoint;
import dev.sluice.node.mount.ReadyVolume;
import dev.sluice.node.mount.StaleAttachments;
import dev.sluice.node.stack.VolumeContent;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NodeStagingTest {
    @RegisterExtension
    final NodeScene scene = new NodeScene(NodeScene.SIZE, null);

    @Test
    void aCloneLargerThanItsSourceGrowsWhenItIsStaged() {
        scene.volumes.volumes.put(
                FILES, new ReadyVolume(FILES, VolumeMode.FILESYSTEM, new VolumeContent(null, "ext4", List.of()), true));

        scene.node.nodeStageVolume(scene.stage(FILES, files("", Mode.SINGLE_NODE_WRITER)));

        assertThat(scene.machine.faults().journal()).anyMatch(call -> call.startsWith("FileSystems.grow"));
    }

    @Test
    void mountsWithTheOptionsOfItsFileSystemAndNeverFormats() {
        String xfs = Names.volumeId("xfs");
        scene.bring(xfs, VolumeMode.FILESYSTEM, "xfs");
        scene.machine.faults().clear();

        scene.node.nodeStageVolume(scene.stage(FILES, files("ext4", Mode.SINGLE_NODE_WRITER, "noatime")));
        scene.node.nodeStageVolume(scene.stage(xfs, files("xfs", Mode.SINGLE_NODE_WRITER)));

        assertThat(scene.machine.faults().journal())
                .anyMatch(call -> call.startsWith("Mounts.ensure") && call.contains("[noatime, errors=remount-ro]"))
                .anyMatch(call -> call.startsWith("Mounts.ensure") && call.contains("[nouuid]"))
                .noneMatch(call -> call.startsWith("FileSystems.make"));
    }

    @Test
    void aCopyOfBtrfsMountsBesideItsSourceAndBothKeepTheirUuid() {
        String source = Names.volumeId("btrfs");
        scene.bring(source, VolumeMode.FILESYSTEM, "btrfs");
        scene.node.nodeStageVolume(scene.stage(source, files("btrfs", Mode.SINGLE_NODE_WRITER, "compress=zstd:3")));
        String copy = Names.volumeId("copy");
        scene.bringCopy(copy, source);

        scene.node.nodeStageVolume(scene.stage(copy, files("", Mode.SINGLE_NODE_WRITER)));

        long sourceUuid = scene.machine.read(scene.stacks.device(source), 0);
        long copyUuid = scene.machine.read(scene.stacks.device(copy), 0);
        assertThat(copyUuid).isNotEqualTo(sourceUuid);
        scene.machine.faults().clear();
        scene.node.nodeStageVolume(scene.stage(copy, files("", Mode.SINGLE_NODE_WRITER)));
        scene.node.nodeUnstageVolume(scene.unstage(copy));
        scene.node.nodeStageVolume(scene.stage(copy, files("", Mode.SINGLE_NODE_WRITER)));
        assertThat(scene.machine.faults().journal()).noneMatch(call -> call.startsWith("FileSystems.ensureUuid"));
        assertThat(scene.machine.read(scene.stacks.device(copy), 0)).isEqualTo(copyUuid);
    }

    @Test
    void aVolumeThatIsMountedReadOnlyIsStagedWritable() {
        scene.node.nodeStageVolume(scene.stage(FILES, files("ext4", Mode.SINGLE_NODE_WRITER, "ro", "noatime")));
        scene.node.nodePublishVolume(
                scene.publish(FILES, files("ext4", Mode.SINGLE_NODE_WRITER, "ro", "noatime"), false));

        assertThat(scene.host.mounts().list()).extracting(MountPoint::readOnly).containsExactly(false, true);
    }

    @Test
    void mountOptionsOfAnotherFileSystemAreRefused() {
        invalid(
                "nouuid",
                () -> scene.node.nodeStageVolume(scene.stage(FILES, files("ext4", Mode.SINGLE_NODE_WRITER, "nouuid"))));
        // Of which file system the volume is, the request does not say.
        invalid(
                "nouuid",
                () -> scene.node.nodeStageVolume(scene.stage(FILES, files("", Mode.SINGLE_NODE_WRITER, "nouuid"))));
        assertThat(scene.paths()).isEmpty();
    }

    @Test
    void whatAVolumeOfOneNodeCannotGiveIsRefused() {
        for (Mode mode : List.of(Mode.MULTI_NODE_MULTI_WRITER, Mode.MULTI_NODE_READER_ONLY, Mode.UNKNOWN)) {
            invalid("access mode", () -> scene.node.nodeStageVolume(scene.stage(FILES, files("", mode))));
        }
        invalid("ntfs", () -> scene.node.nodeStageVolume(scene.stage(FILES, files("ntfs", Mode.SINGLE_NODE_WRITER))));
        invalid(
                "suid",
                () -> scene.node.nodeStageVolume(scene.stage(FILES, files("", Mode.SINGLE_NODE_WRITER, "suid"))));
        invalid(
                "has ext4",
                () -> scene.node.nodeStageVolume(scene.stage(FILES, files("xfs", Mode.SINGLE_NODE_WRITER))));
        invalid("mode", () -> scene.node.nodeStageVolume(scene.stage(FILES, raw())));
        assertThat(scene.paths()).isEmpty();
    }

    @Test
    void whyAVolumeIsNotReadyReachesTheCaller() {
        scene.volumes.failure = new SluiceException(ErrorKind.IN_USE, "volume lives on node n2");
        refused(Status.Code.FAILED_PRECONDITION, () -> scene.node.nodeStageVolume(scene.stage(FILES, raw())));
        scene.volumes.failure = new SluiceException(ErrorKind.UNAVAILABLE, "its origin is on node n2");
        refused(Status.Code.UNAVAILABLE, () -> scene.node.nodeStageVolume(scene.stage(FILES, raw())));
        assertThat(scene.volumes.attached).containsExactly(FILES);
    }

    @Test
    void aSecondCallForTheVolumeIsAborted() {
        scene.volumes.gate = new CountDownLatch(1);
        var first = NodeGrpc.newFutureStub(scene.channel)
                .nodeStageVolume(scene.stage(FILES, files("", Mode.SINGLE_NODE_WRITER)));
        await().until(() -> scene.volumes.waiting == 1);

        refused(Status.Code.ABORTED, () -> scene.node.nodeStageVolume(scene.stage(FILES, raw())));
        refused(Status.Code.ABORTED, () -> scene.node.nodeUnstageVolume(scene.unstage(FILES)));
        scene.volumes.gate.countDown();

        await().until(first::isDone);
        scene.node.nodeUnstageVolume(scene.unstage(FILES));
    }

    @Test
    void theWaitEndsBeforeTheCallersDeadline() {
        scene.volumes.gate = new CountDownLatch(1);

        assertThatThrownBy(() -> scene.node
                        .withDeadlineAfter(2500, TimeUnit.MILLISECONDS)
                        .nodeStageVolume(scene.stage(FILES, raw())))
                .hasMessageContaining("is not ready");
    }

    @Test
    void aHostFailureIsInternalAndTheRetrySucceeds() {
        scene.machine.faults().failNext("Mounts.ensure", new SluiceException(ErrorKind.HOST, "mount: bad superblock"));
        NodeStageVolumeRequest request = scene.stage(FILES, files("", Mode.SINGLE_NODE_WRITER));

        refused(Status.Code.INTERNAL, () -> scene.node.nodeStageVolume(request));

        scene.node.nodeStageVolume(request);
        assertThat(scene.paths()).containsExactly(scene.staging(FILES));
    }

    @Test
    void attachmentsThatNothingUsesAreWithdrawnAtStart() {
        scene.publishedFiles();
        scene.volumes.attached.add(RAW);
        scene.volumes.attached.add(UNKNOWN);

        new StaleAttachments(scene.volumes, scene.host).remove();

        assertThat(scene.volumes.attached).containsExactly(FILES);
    }
}
