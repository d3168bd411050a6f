package dev.sluice.node.stack;

import dev.sluice.api.DesiredState;
import dev.sluice.api.Encryption;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumeSpec;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.Passphrase;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.FakeNetwork;
import dev.sluice.node.host.fake.IoError;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A volume that is mounted, and a pod that writes number after number to a file without ever a sync; a snapshot, or a clone beside it. */
final class FrozenStory {
    static final String VOLUME = Names.volumeId("volume");
    static final Path MOUNT = Path.of("/staging");

    private static final long SIZE = 4L << 20;
    private static final long BLOCK = 7;
    private static final Passphrase KEY = new Passphrase("correct horse");
    private static final PoolSettings POOL = new PoolSettings("fast", "data", "sluice");

    final FakeNetwork network = new FakeNetwork();
    final FakeHost machine = new FakeHost("n1", "10.0.0.1", network, POOL);
    private final PoolDirectory pools = new PoolDirectory(List.of(POOL));
    private final Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    final VolumeStacks stacks = new VolumeStacks(machine.host(), pools);
    final EncryptedVolumes devices = new EncryptedVolumes(machine.host(), stacks);
    private final Snapshots snapshots = new Snapshots(machine.host(), pools, stacks, clock);
    final Exports exports = new Exports(machine.host(), pools);
    private final @Nullable Encryption encryption;
    private final boolean clones;
    private long number;
    private long instant;

    /** @param clones whether a clone on the same node is made, and no snapshot */
    FrozenStory(boolean encrypted, boolean clones) {
        this.encryption = encrypted ? new Encryption(false) : null;
        this.clones = clones;
    }

    /** The copy that is made. */
    String copy() {
        return clones ? Names.volumeId("clone") : Names.snapshotId("snapshot");
    }

    /** What is suspended: the device that is mounted. */
    String top() {
        return encryption == null ? Names.outerDevice(VOLUME) : Names.luksDevice(VOLUME);
    }

    void begin() {
        mount();
        machine.faults().clear();
        machine.faults().meanwhile(this::write);
    }

    /** What a start of the plugin does first, and what the kubelet asks then. */
    void recover() {
        machine.host().pauses().sweep();
        mount();
    }

    private void mount() {
        bring();
        BlockDevice device = devices.open(VOLUME, new VolumeContent(encryption, "ext4", List.of()), KEY);
        machine.host().mounts().ensure(device, MOUNT, "ext4", List.of());
    }

    void bring() {
        stacks.bring(new VolumeOrder(VOLUME, spec(null), null, null));
    }

    /** False when the pod has to wait, or has no device any more. */
    boolean write() {
        try {
            machine.writeFile(devices.device(VOLUME), BLOCK, number + 1);
            number++;
            return true;
        } catch (IoError | SluiceException waits) {
            return false;
        }
    }

    void take() {
        machine.faults().before("LogicalVolumes.ensure data/" + copy(), () -> {
            if (machine.host().logicalVolumes().find("data", copy()).isEmpty()) {
                instant = number;
            }
        });
        if (clones) {
            Origin origin = new Origin(OriginKind.VOLUME, VOLUME, "n1", null, SIZE);
            stacks.bring(new VolumeOrder(copy(), spec(origin), null, null));
        } else {
            snapshots.take(copy(), snapshotSpec());
        }
    }

    private SnapshotSpec snapshotSpec() {
        return new SnapshotSpec(
                "snapshot",
                VOLUME,
                "n1",
                "fast",
                false,
                null,
                DesiredState.PRESENT,
                null,
                null,
                VolumeMode.FILESYSTEM,
                "ext4",
                encryption,
                null);
    }

    /** The copy shows the last number the pod had written when it was taken, though that was never synced. */
    void verify() {
        long shown = shown();
        if (shown != instant) {
            throw new AssertionError("the copy shows " + shown + ", the pod had written " + instant);
        }
    }

    private long shown() {
        if (encryption == null) {
            return machine.read(copyDevice().orElseThrow(), BLOCK);
        }
        String name = "verify";
        BlockDevice opened = machine.host()
                .luks()
                .open(copyDevice().orElseThrow(), name, KEY, false)
                .device();
        long shown = machine.read(opened, BLOCK);
        machine.host().luks().close(name);
        return shown;
    }

    private Optional<BlockDevice> copyDevice() {
        return machine.host().logicalVolumes().find("data", copy()).flatMap(LogicalVolume::device);
    }

    boolean isSuspended() {
        return machine.host().deviceMapper().list().stream().anyMatch(MappedDevice::suspended)
                || !machine.host().pauses().sweep().isEmpty();
    }

    private VolumeSpec spec(@Nullable Origin origin) {
        return new VolumeSpec(
                "request",
                SIZE,
                "fast",
                VolumeMode.FILESYSTEM,
                "ext4",
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
    }
}
