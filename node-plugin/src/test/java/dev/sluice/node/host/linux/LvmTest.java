package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.error.ErrorKind;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.LogicalVolumeRequest;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.TableLine;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LvmTest {
    private static final long GIB = 1L << 30;

    @Test
    void aReportBecomesVolumes() {
        LvmInventory inventory = LvmInventory.parse(Recorded.read("lvs.json"));

        assertThat(inventory.find("data", "v-0a-1"))
                .contains(new LogicalVolume(
                        "data",
                        "YJ6Hsq-Q8ih-6Ujl-9pyg-jXYg-I2Y3-tsHHHe",
                        "v-0a-1",
                        "maQS6x-ntuq-W1JT-PFhJ-w6ZF-nNgg-WcQdFF",
                        GIB,
                        "sluice",
                        1,
                        Set.of("sluice", "epoch=1"),
                        new BlockDevice("/dev/dm-4", 254, 4)));
        assertThat(inventory.find("data", "s-0b").flatMap(LogicalVolume::device))
                .isEmpty();
        assertThat(inventory.find("data", "v-0a-1-meta").map(LogicalVolume::pool))
                .isEmpty();
    }

    @Test
    void groupsAndPhysicalVolumesAreRows() {
        assertThat(LvmReport.parse(Recorded.read("pvs.json"), "pv"))
                .extracting(row -> row.text("pv_name") + " " + row.text("vg_name"))
                .containsExactly("/dev/ubdb data");
        assertThat(LvmReport.parse(Recorded.read("vgs.json"), "vg").getFirst().number("vg_extent_size"))
                .isEqualTo(4 << 20);
    }

    @Test
    void freeBytesFollowOwnChanges() {
        LvmInventory inventory = LvmInventory.parse(Recorded.read("lvs.json"));
        LogicalVolume metadata = inventory.find("data", "v-0a-1-meta").orElseThrow();

        assertThat(inventory.freeBytes("data")).isEqualTo(1_283_457_024L);
        inventory.remove(metadata);
        assertThat(inventory.freeBytes("data")).isEqualTo(1_283_457_024L + metadata.sizeBytes());
    }

    @Test
    void failuresHaveKinds() {
        assertThat(Lvm.kind(Recorded.read("lvcreate-no-space.txt"))).isEqualTo(ErrorKind.NO_SPACE);
        assertThat(Lvm.kind(Recorded.read("lvremove-in-use.txt"))).isEqualTo(ErrorKind.IN_USE);
        assertThat(Lvm.kind(Recorded.read("vgs-missing.txt"))).isEqualTo(ErrorKind.HOST);
    }

    @Test
    void everyCommandNamesItsDevices() {
        assertThat(Lvm.argv("lvs", List.of("/dev/sdb", "/dev/sdc"), List.of("data")))
                .startsWith("lvs", "--devices", "/dev/sdb,/dev/sdc", "--config")
                .endsWith("--yes", "data");
    }

    @Test
    void volumesAreMadeByTheirKind() {
        assertThat(LvmVolumes.createArguments(
                        new LogicalVolumeRequest.Thin("data", "pool", "v-1", GIB, Set.of("b", "a"))))
                .containsExactly(
                        "-n", "v-1", "--addtag", "a", "--addtag", "b", "-V", "1073741824b", "--thinpool", "data/pool");
        assertThat(LvmVolumes.createArguments(new LogicalVolumeRequest.ThinSnapshot("data", "v-1", "s-1", Set.of())))
                .containsExactly("-n", "s-1", "-s", "-kn", "data/v-1");
        assertThat(LvmVolumes.createArguments(new LogicalVolumeRequest.Plain("data", "v-1-meta", 4096, Set.of())))
                .containsExactly("-n", "v-1-meta", "-L", "4096b", "-Wn", "-Zn", "data");
    }

    @Test
    void aPoolIsMadeWithZeroing() {
        PoolSettings settings = new PoolSettings("default", "data", "pool");

        assertThat(LvmPools.createArguments(settings, new PoolGeometry(GIB, 1 << 25, 1 << 16)))
                .containsSequence(
                        "-L", "1073741824b", "--poolmetadatasize", "33554432b", "--chunksize", "65536b", "-Zy")
                .endsWith("data");
    }

    @Test
    void deviceNamesAndUuidsAreTheKernels() {
        assertThat(LvmDevices.name("my-data", "v-1")).isEqualTo("my--data-v--1");
        assertThat(LvmDevices.hyphenated("YJ6HsqQ8ih6Ujl9pygjXYgI2Y3tsHHHe"))
                .isEqualTo("YJ6Hsq-Q8ih-6Ujl-9pyg-jXYg-I2Y3-tsHHHe");
    }

    @Test
    void aPoolsUseIsInItsStatusLine() {
        TableLine table = new TableLine(0, 47_603_712, "thin-pool", "254:0 254:1 128 0 0");
        TableLine status = new TableLine(
                0,
                47_603_712,
                "thin-pool",
                "4 1264/12288 528/371904 - rw no_discard_passdown queue_if_no_space - 1024");

        assertThat(ThinPoolStatus.parse(table, status)).isEqualTo(new ThinPoolStatus(65_536, 528 * 65_536, 11));
    }

    @Test
    void poolsLeaveRoomForBitmapsAndStayWithinTheFormat() {
        for (long size = 2 * GIB; size < 1L << 50; size *= 2) {
            PoolGeometry geometry = PoolGeometry.of("data", size, 4 << 20);

            assertThat(geometry.metadataBytes()).isBetween(32L << 20, 16 * GIB);
            assertThat(size - geometry.dataBytes() - 2 * geometry.metadataBytes())
                    .isGreaterThanOrEqualTo(Math.max(256 << 20, size / 20));
            assertThat(geometry.dataBytes() / geometry.chunkBytes() <= 16 << 20 || geometry.chunkBytes() == 1 << 20)
                    .isTrue();
        }
        assertThat(PoolGeometry.of("data", 1L << 40, 4 << 20).chunkBytes()).isEqualTo(64 << 10);
        assertThat(PoolGeometry.of("data", 2L << 40, 4 << 20).chunkBytes()).isEqualTo(128 << 10);
    }
}
