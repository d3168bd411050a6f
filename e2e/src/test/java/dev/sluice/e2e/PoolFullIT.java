package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Hydration;
import dev.sluice.e2e.fixture.Sandbox;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The last room of a pool is the pods', not the copy's. A soak: to fill a pool takes a minute. */
@EndToEnd
@Order(EndToEnd.LAST)
@NeedsLab("it fills a thin pool, and kills the node plugin")
@EnabledIfEnvironmentVariable(
        named = "SLUICE_SOAK",
        matches = ".+",
        disabledReason = "a soak: SLUICE_SOAK=1 runs it too")
class PoolFullIT {
    private static final Duration NEXT_PLUGIN = Duration.ofSeconds(60);
    private static final String FILLER = "filler";

    /**
     * A page in each of the pool's chunks takes them all; what is left is less than the twentieth that copying leaves. Without zeroing, which
     * the next node plugin puts back.
     */
    private static final String FILL = """
            set -e
            lvchange --quiet --zero n data/sluice
            lvcreate --quiet --yes --wipesignatures n --virtualsize 23g --thinpool data/sluice --name %1$s
            device=/dev/$(dmsetup info -c --noheadings -o blkdevname data-%1$s)
            bytes=$(lvs --noheadings --nosuffix --units b -o lv_size data/sluice)
            fio --name=fill --filename=$device --rw=write:60k --bs=4k --direct=1 --iodepth=32 --ioengine=libaio \\
                --size=23g --io_size=$((bytes / 16 / 100 * 96)) --output-format=terse >/dev/null""".formatted(FILLER);

    @Test
    void copyingLeavesTheLastRoomOfAPoolToPods(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);
        Node home = scene.home();
        Hydration hydration = scene.hydration();
        hydration.pause(true);
        hydration.await(HydrationPhase.PAUSED);
        try {
            home.sh(FILL);
            assertThat(zeroing(home)).isEmpty();
            hydration.pause(false);
            assertThat(hydration.await(HydrationPhase.STALLED).reason()).isEqualTo("PoolFull");
            long copied = hydration.status().orElseThrow().copiedBytes();

            String written = scene.copy().writeRandom("/data/more", 8);

            assertThat(scene.copy().checksum("/data/more")).isEqualTo(written);
            CloneHydrationStatus after = hydration.status().orElseThrow();
            assertThat(after.phase()).isEqualTo(HydrationPhase.STALLED);
            assertThat(after.copiedBytes()).isLessThan(copied + 16 * Scene.MEBIBYTE);

            home.killPlugin();
            await("new blocks are zeroed again")
                    .atMost(NEXT_PLUGIN)
                    .until(() -> zeroing(home).equals("zero"));
        } finally {
            home.sh("lvremove --quiet --yes data/" + FILLER);
        }
        scene.finishHydration();
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());
    }

    private static String zeroing(Node node) {
        return node.sh("lvs --noheadings -o zero data/sluice").strip();
    }
}
