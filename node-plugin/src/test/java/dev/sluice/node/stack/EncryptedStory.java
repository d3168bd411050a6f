package dev.sluice.node.stack;

import dev.sluice.api.Allocation;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Encryption;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumeSpec;
import dev.sluice.names.Names;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Chap;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.Passphrase;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.FakeNetwork;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An encrypted volume on n1, used by a pod, and a clone of it on n2. Each part is idempotent, as the kubelet repeats it. */
final class EncryptedStory {
    static final long SIZE = 8L << 20;
    static final String SOURCE = Names.volumeId("source");
    static final String CLONE = Names.volumeId("clone");
    static final Passphrase KEY = new Passphrase("correct horse");
    static final Passphrase OTHER_KEY = new Passphrase("battery staple");
    static final Path MOUNT = Path.of("/staging");
    static final long PLAINTEXT = 0x706c61696e746578L;

    private static final String SNAPSHOT = Names.cloneSnapshotId(CLONE);
    private static final String EXPORT = Names.export(CLONE, 1);
    private static final Chap CHAP = new Chap("n2", "secret-one", "n1", "secret-two");
    private static final PoolSettings POOL = new PoolSettings("fast", "data", "sluice");

    final Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    final FakeNetwork network = new FakeNetwork();
    final FakeHost origin = new FakeHost("n1", "10.0.0.1", network, POOL);
    final FakeHost home = new FakeHost("n2", "10.0.0.2", network, POOL);
    private final PoolDirectory pools = new PoolDirectory(List.of(POOL));
    final VolumeStacks originStacks = new VolumeStacks(origin.host(), pools);
    final VolumeStacks homeStacks = new VolumeStacks(home.host(), pools);
    final EncryptedVolumes sources = new EncryptedVolumes(origin.host(), originStacks);
    final EncryptedVolumes clones = new EncryptedVolumes(home.host(), homeStacks);
    private final Snapshots snapshots = new Snapshots(origin.host(), pools, originStacks, clock);
    private final Exports exports = new Exports(origin.host(), pools);
    private final Encryption encryption;
    private @Nullable Allocation allocated;

    EncryptedStory(boolean discards) {
        this.encryption = new Encryption(discards);
    }

    VolumeOutcome bringSource() {
        return bringSource(SIZE);
    }

    VolumeOutcome bringSource(long size) {
        return originStacks.bring(new VolumeOrder(SOURCE, spec("n1", size, null), null, null));
    }

    BlockDevice openSource(Passphrase key) {
        return sources.open(SOURCE, new VolumeContent(encryption, "ext4", List.of()), key);
    }

    /** NodeStage, and a pod that writes and flushes. */
    void useSource() {
        bringSource();
        BlockDevice device = openSource(KEY);
        origin.host().mounts().ensure(device, MOUNT, "ext4", List.of());
        for (long block = 1; block < 400; block += 2) {
            origin.write(device, block, PLAINTEXT);
        }
        origin.fsync(device);
    }

    /** NodeUnstage. */
    void leaveSource() {
        origin.host().mounts().remove(MOUNT);
        sources.close(SOURCE);
    }

    VolumeOrder cloneOrder() {
        SnapshotFacts taken = snapshots.take(
                SNAPSHOT,
                new SnapshotSpec(
                        CLONE,
                        SOURCE,
                        "n1",
                        "fast",
                        true,
                        CLONE,
                        DesiredState.PRESENT,
                        null,
                        null,
                        VolumeMode.FILESYSTEM,
                        "ext4",
                        encryption,
                        null));
        ExportFacts facts =
                exports.serve(new ExportOrder(EXPORT, "fast", SNAPSHOT, home.initiatorName(), origin.portal(), CHAP));
        IscsiLogin login = new IscsiLogin(facts.portal(), facts.iqn(), facts.serial(), facts.sizeBytes(), CHAP);
        Origin from = new Origin(OriginKind.VOLUME, SOURCE, "n1", SNAPSHOT, taken.sizeBytes());
        return new VolumeOrder(CLONE, spec("n2", SIZE, from), allocated, login);
    }

    VolumeOutcome bringClone() {
        VolumeOutcome outcome = homeStacks.bring(cloneOrder());
        allocated = outcome.allocated();
        return outcome;
    }

    BlockDevice openClone(Passphrase key) {
        return clones.open(CLONE, new VolumeContent(encryption, "ext4", List.of()), key);
    }

    void useClone() {
        bringClone();
        home.host().mounts().ensure(openClone(KEY), MOUNT, "ext4", List.of());
    }

    Hydration hydration() {
        return new Hydration(homeStacks, home.host(), Runnable::run, cloneOrder(), clock.instant());
    }

    BlockDevice logicalVolume(FakeHost host, String name) {
        return host.host()
                .logicalVolumes()
                .find("data", name)
                .flatMap(found -> found.device())
                .orElseThrow();
    }

    /** Nothing of what a pod wrote can be read there. */
    boolean showsPlaintext(FakeHost host, BlockDevice device) {
        long blocks = host.host().blockDevices().sizeBytes(device) / FakeHost.BLOCK;
        for (long block = 0; block < blocks; block++) {
            if (host.read(device, block) == PLAINTEXT) {
                return true;
            }
        }
        return false;
    }

    BlockDevice exported() {
        return Objects.requireNonNull(origin.host()
                        .deviceMapper()
                        .find(Names.exportDevice(EXPORT))
                        .orElse(null))
                .device();
    }

    private VolumeSpec spec(String node, long size, @Nullable Origin from) {
        return new VolumeSpec(
                "request",
                size,
                "fast",
                VolumeMode.FILESYSTEM,
                "ext4",
                Placement.PINNED,
                node,
                null,
                1,
                from,
                null,
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT,
                null,
                encryption);
    }
}
