package dev.sluice.node.host.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Chap;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.IscsiSession;
import dev.sluice.node.host.IscsiTarget;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.LogicalVolumeRequest;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.TableLine;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FakeHostTest {
    private static final PoolSettings POOL = new PoolSettings("default", "data", "pool");
    private static final long SIZE = 4L << 20;
    private static final long SECTORS = SIZE / FakeHost.SECTOR;
    private static final String IQN = "iqn.2026-01.dev.sluice:e-1";
    private static final Chap CHAP = new Chap("u", "p", "mu", "mp");
    private static final Path MOUNT = Path.of("/mnt/v");

    private final FakeNetwork network = new FakeNetwork();
    private final FakeHost origin = new FakeHost("n1", "10.0.0.1", network, POOL);
    private final FakeHost home = new FakeHost("n2", "10.0.0.2", network, POOL);
    private BlockDevice source = new BlockDevice("none", 0, 0);

    @BeforeEach
    void fillTheSource() {
        source = thin(origin, "s-1");
        for (int block = 0; block < 256; block++) {
            origin.write(source, block, 1000 + block);
        }
        origin.fsync(source);
    }

    @Test
    void aCloneShowsItsSourceAndHydrates() {
        BlockDevice clone = cloneOverTheWire();

        assertThat(home.checksum(clone)).isEqualTo(origin.checksum(source));
        assertThat(status())
                .isEqualTo("8 30/1024 16 0/512 0 1 no_hydration 4 hydration_threshold 1 hydration_batch_size 1 rw");
        assertThat(home.hydrate("sluice-v-1-clone", 5)).isZero();

        home.host().deviceMapper().message("sluice-v-1-clone", "enable_hydration");
        home.hydrateAll();

        assertThat(status()).contains(" 512/512 0 0 4 ").endsWith(" rw");
        home.host().sessions().remove(IQN);
        assertThat(home.checksum(clone)).isEqualTo(origin.checksum(source));
    }

    @Test
    void partialWritesCopyTheRegionFirst() {
        BlockDevice clone = cloneOverTheWire();

        home.write(clone, 3, 7);

        assertThat(status()).contains(" 1/512 ");
        assertThat(home.read(clone, 3)).isEqualTo(7);
        assertThat(home.read(clone, 2)).isEqualTo(1002);
    }

    /** As in the kernel: whoever marks regions makes sure that nothing is under way. */
    @Test
    void aCopyThatIsUnderWayOverwritesWhatIsWrittenToARegionThatWasMarkedMeanwhile() {
        BlockDevice clone = cloneOverTheWire();
        home.host().deviceMapper().message("sluice-v-1-clone", "enable_hydration");
        home.host().deviceMapper().message("sluice-v-1-clone", "hydration_threshold 1");
        home.discard(clone, 0, 2);
        home.write(clone, 0, 7);
        assertThat(home.read(clone, 0)).isEqualTo(7);

        home.hydrate("sluice-v-1-clone", 1);

        assertThat(home.read(clone, 0)).isEqualTo(1000);
    }

    @Test
    void aPowerCutForgetsWhatWasNotFlushed() {
        BlockDevice clone = cloneOverTheWire();
        home.write(clone, 3, 7);
        home.fsync(clone);
        home.write(clone, 5, 8);

        home.powerCut();
        BlockDevice again = cloneOverTheWire();

        assertThat(status()).contains(" 1/512 ");
        assertThat(home.read(again, 3)).isEqualTo(7);
        assertThat(home.read(again, 5)).isEqualTo(1005);
    }

    @Test
    void aCutNetworkQueuesAndTheSessionComesBack() {
        BlockDevice clone = cloneOverTheWire();

        network.cut(origin, home);

        assertThatThrownBy(() -> home.read(clone, 0))
                .isInstanceOfSatisfying(
                        IoError.class, e -> assertThat(e.isQueued()).isTrue());
        assertThat(home.host().sessions().find(IQN).orElseThrow().connected()).isFalse();
        network.heal();
        assertThat(home.read(clone, 0)).isEqualTo(1000);
    }

    @Test
    void foreignMetadataIsRefusedAndZeroedMetadataIsFormatted() {
        BlockDevice metadata = plain(home, "v-2-meta");
        BlockDevice data = thin(home, "v-2");
        BlockDevice other = thin(home, "v-3");
        List<TableLine> table = List.of(new TableLine(0, SECTORS, "clone", cloneArguments(metadata, data, other)));

        assertThatThrownBy(() -> home.host().deviceMapper().load("sluice-v-2-clone", "SLUICE-v-2-clone", false, table))
                .hasMessageContaining("magic");
        home.host().blockDevices().write(metadata, new byte[4096]);
        home.host().deviceMapper().load("sluice-v-2-clone", "SLUICE-v-2-clone", false, table);
    }

    @Test
    void whatIsInUseCannotBeRemoved() {
        home.host().fileSystems().make(thin(home, "v-4"), "ext4", true, List.of());
        BlockDevice device = home.host()
                .logicalVolumes()
                .find("data", "v-4")
                .flatMap(LogicalVolume::device)
                .orElseThrow();
        BlockDevice outer = linear("sluice-v-4", device);
        home.host().mounts().ensure(outer, MOUNT, "ext4", List.of());

        assertThatThrownBy(() -> home.host().deviceMapper().remove("sluice-v-4"))
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.IN_USE));

        home.host().mounts().remove(MOUNT);
        home.host().deviceMapper().remove("sluice-v-4");
        home.host().deviceMapper().remove("sluice-v-4");
    }

    @Test
    void aTrimDropsWhatTheFileSystemGaveUp() {
        BlockDevice device = thin(home, "v-5");
        home.host().fileSystems().make(device, "xfs", true, List.of());
        home.write(device, 10, 5, FakeHost.FREED);
        home.host().mounts().ensure(device, MOUNT, "xfs", List.of("noatime"));

        home.host().fileSystems().trim(MOUNT);

        assertThat(home.usedBlocks("data", "v-5")).isEqualTo(1);
    }

    @Test
    void aCutBeforeOrAfterACallStopsEverythingUntilTheRestart() {
        home.faults().cutBefore(1);
        assertThatThrownBy(() -> thin(home, "v-6")).isInstanceOf(PowerCut.class);
        assertThatThrownBy(() -> home.host().logicalVolumes().list()).isInstanceOf(PowerCut.class);
        home.restartPlugin();
        assertThat(home.host().logicalVolumes().list()).isEmpty();

        home.faults().cutAfter(1);
        assertThatThrownBy(() -> thin(home, "v-6")).isInstanceOf(PowerCut.class);
        home.powerCut();

        LogicalVolume made = home.host().logicalVolumes().find("data", "v-6").orElseThrow();
        assertThat(made.device()).isEmpty();
    }

    @Test
    void aPlannedFailureHappensOnce() {
        SluiceException full = new SluiceException(ErrorKind.NO_SPACE, "full");
        home.faults().failNext("LogicalVolumes.ensure", full);

        assertThatThrownBy(() -> thin(home, "v-7")).isSameAs(full);
        thin(home, "v-7");
    }

    private BlockDevice cloneOverTheWire() {
        String path = source.path();
        origin.host().targets().ensure(new IscsiTarget(IQN, home.initiatorName(), path, "S1", origin.portal()), CHAP);
        IscsiSession session = home.host().sessions().ensure(new IscsiLogin(origin.portal(), IQN, "S1", SIZE, CHAP));
        BlockDevice disk = Objects.requireNonNull(session.disk());
        boolean fresh = home.host().logicalVolumes().find("data", "v-1-meta").isEmpty();
        BlockDevice metadata = plain(home, "v-1-meta");
        if (fresh) {
            home.host().blockDevices().write(metadata, new byte[4096]);
        }
        String path1 = "1 queue_if_no_path 0 1 1 round-robin 0 1 1 " + disk.number() + " 1";
        BlockDevice queued = load("sluice-v-1-src", true, "multipath", path1);
        return load("sluice-v-1-clone", false, "clone", cloneArguments(metadata, thin(home, "v-1"), queued));
    }

    private static String cloneArguments(BlockDevice metadata, BlockDevice data, BlockDevice from) {
        return "%s %s %s 16 1 no_hydration".formatted(metadata.number(), data.number(), from.number());
    }

    private BlockDevice linear(String name, BlockDevice below) {
        return load(name, false, "linear", below.number() + " 0");
    }

    private BlockDevice load(String name, boolean readOnly, String type, String arguments) {
        String uuid = name.replace("sluice-", "SLUICE-");
        List<TableLine> table = List.of(new TableLine(0, SECTORS, type, arguments));
        return home.host().deviceMapper().load(name, uuid, readOnly, table).device();
    }

    private String status() {
        return home.host()
                .deviceMapper()
                .status("sluice-v-1-clone", false)
                .getFirst()
                .arguments();
    }

    private static BlockDevice thin(FakeHost host, String name) {
        return host.host()
                .logicalVolumes()
                .ensure(new LogicalVolumeRequest.Thin("data", "pool", name, SIZE, Set.of("sluice")))
                .device()
                .orElseThrow();
    }

    private static BlockDevice plain(FakeHost host, String name) {
        return host.host()
                .logicalVolumes()
                .ensure(new LogicalVolumeRequest.Plain("data", name, SIZE, Set.of("sluice")))
                .device()
                .orElseThrow();
    }
}
