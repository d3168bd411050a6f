package dev.sluice.node.mount;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Placement;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumeSpec;
import dev.sluice.names.Names;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Mounts;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.FakeNetwork;
import dev.sluice.node.stack.PodDevices;
import dev.sluice.node.stack.PoolDirectory;
import dev.sluice.node.stack.VolumeOrder;
import dev.sluice.node.stack.VolumeStacks;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VolumeUsersTest {
    private static final String ID = Names.volumeId("data");
    private static final String POD = "9e277f17-9518-4071-b8ed-842f131c50e6";
    private static final String OTHER = "0b1f2d3c-9518-4071-b8ed-842f131c50e6";
    private static final Path KUBELET = Path.of("/var/lib/kubelet");
    private static final Path STAGING = KUBELET.resolve("plugins/kubernetes.io/csi/csi.sluice.dev/a642/globalmount");

    private final PoolSettings pool = new PoolSettings("fast", "data", "sluice");
    private final FakeHost machine = new FakeHost("n1", "10.0.0.1", new FakeNetwork(), pool);
    private final Mounts mounts = machine.host().mounts();
    private final VolumeUsers users = new VolumeUsers(machine.host(), KUBELET);

    @BeforeEach
    void stage() {
        VolumeStacks stacks = new VolumeStacks(machine.host(), new PoolDirectory(List.of(pool)));
        stacks.bring(new VolumeOrder(ID, spec(), null, null));
        mounts.ensure(device(), STAGING, "ext4", List.of());
    }

    @Test
    void theOnesItIsPublishedTo() {
        mounts.ensureBind(STAGING, filesOf(POD), false);
        mounts.ensureBind(STAGING, filesOf(OTHER), true);

        assertThat(users.of(ID)).isEqualTo(new VolumeUsers.Users(Set.of(POD, OTHER), false));
    }

    @Test
    void theOnesThatSeeTheRawDevice() {
        mounts.ensureBind(
                Path.of(device().path()),
                KUBELET.resolve("plugins/kubernetes.io/csi/volumeDevices/publish/pvc-" + OTHER + "/" + POD),
                false);

        assertThat(users.of(ID)).isEqualTo(new VolumeUsers.Users(Set.of(POD), false));
    }

    @Test
    void nobodyWhileItIsOnlyStaged() {
        assertThat(users.of(ID)).isEqualTo(new VolumeUsers.Users(Set.of(), false));
    }

    @Test
    void someoneWhoIsNoPod() {
        mounts.ensureBind(STAGING, Path.of("/mnt/backup"), true);

        assertThat(users.of(ID).others()).isTrue();
    }

    /** Nor can it be told of a pod that the kubelet has from a file. */
    @Test
    void someoneWhoseUidIsNone() {
        mounts.ensureBind(STAGING, filesOf("4f0e1b5fd2f0a0d5a6b9c7c1d1e6f7a8"), false);

        assertThat(users.of(ID)).isEqualTo(new VolumeUsers.Users(Set.of(), true));
    }

    @Test
    void nobodyOfAVolumeThatIsNotHere() {
        assertThat(users.of(Names.volumeId("other"))).isEqualTo(new VolumeUsers.Users(Set.of(), false));
    }

    private static Path filesOf(String pod) {
        return KUBELET.resolve("pods/" + pod + "/volumes/kubernetes.io~csi/pvc-" + OTHER + "/mount");
    }

    private BlockDevice device() {
        return PodDevices.find(machine.host(), ID).orElseThrow();
    }

    private static VolumeSpec spec() {
        return new VolumeSpec(
                "request",
                64L << 20,
                "fast",
                VolumeMode.FILESYSTEM,
                "ext4",
                Placement.FOLLOW,
                "n1",
                null,
                1,
                null,
                null,
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT);
    }
}
