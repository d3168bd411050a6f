package dev.sluice.node.rpc;

import static dev.sluice.node.rpc.NodeScene.FILES;
import static dev.sluice.node.rpc.NodeScene.RAW;
import static dev.sluice.node.rpc.NodeScene.files;
import static dev.sluice.node.rpc.NodeScene.raw;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import csi.v1.VolumeCapability;
import csi.v1.VolumeCapability.AccessMode.Mode;
import dev.sluice.api.Encryption;
import dev.sluice.api.VolumeMode;
import dev.sluice.node.host.MountPoint;
import dev.sluice.node.mount.StaleAttachments;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The kubelet's calls for encrypted volumes, with the secrets it sends along. */
class EncryptionTest {
    private static final long SIZE = 8L << 20;
    private static final String KEY = "correct-horse-battery-staple";
    private static final String WRONG = "tr0ub4dor-and-three";

    @RegisterExtension
    final NodeScene scene = new NodeScene(SIZE, new Encryption(false));

    @Test
    void aFileSystemGoesItsWholeWayTwiceOver() {
        for (int time = 0; time < 2; time++) {
            stage(FILES, KEY);
            publish(FILES);
        }
        assertThat(scene.host.mounts().list())
                .extracting(MountPoint::deviceNumber)
                .containsOnly(scene.devices.device(FILES).number());
        assertThat(stats(FILES)).isEqualTo(SIZE);
        new StaleAttachments(scene.volumes, scene.host).remove();
        assertThat(scene.volumes.attached).containsExactly(FILES);

        for (int time = 0; time < 2; time++) {
            unpublish(FILES);
            unstage(FILES);
        }
        assertThat(scene.volumes.attached).isEmpty();
        assertThat(scene.machine.leftovers()).noneMatch(left -> left.startsWith("luks") || left.startsWith("mount"));
        assertThat(scene.machine.faults().journal())
                .filteredOn(call -> call.startsWith("Luks.format"))
                .hasSize(1);
    }

    @Test
    void aBlockVolumeIsBoundDecryptedAndOnlyWhileItIsStaged() {
        refused(Status.Code.FAILED_PRECONDITION, "not staged", () -> publish(RAW));
        stage(RAW, KEY);
        publish(RAW);

        assertThat(scene.machine.faults().journal())
                .anyMatch(call -> call.startsWith(
                        "Mounts.ensureBind " + scene.devices.device(RAW).path() + " "))
                .noneMatch(call -> call.startsWith("FileSystems.make"));
        assertThat(stats(RAW)).isEqualTo(SIZE);
        refused(Status.Code.FAILED_PRECONDITION, "in use", () -> unstage(RAW));
        unpublish(RAW);
        unstage(RAW);
        assertThat(scene.machine.leftovers()).noneMatch(left -> left.startsWith("luks"));
    }

    @Test
    void aKeyThatIsMissingOrWrongIsRefusedAndLeavesNothing() {
        refused(Status.Code.INVALID_ARGUMENT, "no encryptionPassphrase", () -> stage(FILES, null));
        refused(Status.Code.INVALID_ARGUMENT, "no encryptionPassphrase", () -> stage(FILES, ""));
        assertThat(scene.volumes.attached).isEmpty();
        stage(FILES, KEY);
        unstage(FILES);

        refused(Status.Code.INVALID_ARGUMENT, "does not open volume " + FILES, () -> stage(FILES, WRONG));

        assertThat(scene.volumes.attached).isEmpty();
        assertThat(scene.machine.leftovers()).noneMatch(left -> left.startsWith("luks") || left.startsWith("mount"));
        stage(FILES, KEY);
    }

    @Test
    void growsWhileItIsUsed() {
        stage(FILES, KEY);
        publish(FILES);
        scene.bring(FILES, VolumeMode.FILESYSTEM, "ext4", 2 * SIZE);

        refused(Status.Code.INVALID_ARGUMENT, "node-expand-secret", () -> expand(null));
        assertThat(expand(KEY)).isEqualTo(2 * SIZE);
        assertThat(expand(null)).isEqualTo(2 * SIZE);
        assertThat(scene.machine.faults().journal()).anyMatch(call -> call.startsWith("FileSystems.grow"));
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

        String log = printed.toString(StandardCharsets.UTF_8)
                + scene.machine.faults().journal();
        assertThat(log)
                .contains("NodeStageVolume answered", "Luks.format")
                .doesNotContain(KEY)
                .doesNotContain(WRONG);
    }

    private static Map<String, String> secrets(@Nullable String key) {
        return key == null ? Map.of() : Map.of("encryptionPassphrase", key);
    }

    private void stage(String volume, @Nullable String key) {
        var unused = scene.node.nodeStageVolume(scene.stage(volume, capability(volume)).toBuilder()
                .putAllSecrets(secrets(key))
                .build());
    }

    private void unstage(String volume) {
        var unused = scene.node.nodeUnstageVolume(scene.unstage(volume));
    }

    private void publish(String volume) {
        var unused = scene.node.nodePublishVolume(scene.publish(volume, capability(volume), false));
    }

    private void unpublish(String volume) {
        var unused = scene.node.nodeUnpublishVolume(scene.unpublish(volume));
    }

    private long stats(String volume) {
        return scene.node
                .nodeGetVolumeStats(NodeScene.stats(volume, scene.target(volume)))
                .getUsage(0)
                .getTotal();
    }

    private long expand(@Nullable String key) {
        return scene.node
                .nodeExpandVolume(scene.expand(FILES, 2 * SIZE).toBuilder()
                        .putAllSecrets(secrets(key))
                        .build())
                .getCapacityBytes();
    }

    private static VolumeCapability capability(String volume) {
        return volume.equals(RAW) ? raw() : files("", Mode.SINGLE_NODE_WRITER);
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
