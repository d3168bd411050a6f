package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.HydrationHistory;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import dev.sluice.names.Names;
import org.junit.jupiter.api.Test;

/** What was never used of a block volume, in which no file system can be asked, does not come over the wire. */
@EndToEnd
class UnusedIT {
    private static final String DEVICE = "/dev/data";
    private static final long USED = 32 * Scene.MEBIBYTE;
    private static final int SIZE_MEBIBYTES = 512;
    /** Slow enough to see the disk before it goes. */
    private static final long RATE = 8 * Scene.MEBIBYTE;

    @Test
    void onlyWhatWasUsedOfABlockVolumeComesOverTheWire(Sandbox sandbox) {
        String limited = sandbox.slowClass("ext4", RATE);
        Node origin = sandbox.node(0);
        Node home = sandbox.node(1);
        sandbox.claim(ClaimRequest.named("source").ofClass(limited).block().ofSize("512Mi"));
        Workload source =
                sandbox.start(PodRequest.named("source").on(origin.name()).withDevice("source", DEVICE));
        for (int place : new int[] {50, 450}) {
            source.exec("dd if=/dev/urandom of=%s bs=1M seek=%d count=16 conv=fsync,notrunc 2>/dev/null"
                    .formatted(DEVICE, place));
        }
        sandbox.claim(ClaimRequest.named("clone")
                .ofClass(limited)
                .block()
                .ofSize("512Mi")
                .cloneOf("source"));
        Workload clone = sandbox.start(PodRequest.named("clone").on(home.name()).withDevice("clone", DEVICE));
        String volume = sandbox.volumeId("clone");
        String counter = "/tmp/wire-" + volume;
        count(home, Names.export(volume, 1), counter);

        try (HydrationHistory history = sandbox.hydration("clone").watch()) {
            sandbox.hydration("clone").await(HydrationPhase.HYDRATED);
            history.assertHonest();
        }

        CloneHydrationStatus status = sandbox.hydration("clone").status().orElseThrow();
        assertThat(status.copiedBytes()).isBetween(USED, USED + USED / 20);
        assertThat(status.skippedBytes() + status.copiedBytes()).isEqualTo(status.totalBytes());
        long wire = Long.parseLong(home.sh("cat " + counter + "; rm " + counter).strip()) * 512;
        assertThat(wire).as("bytes over the wire").isBetween(USED - RATE, USED + USED / 20);
        for (Node each : new Node[] {origin, home}) {
            assertThat(each.sh("dmsetup status --target thin-pool | awk '{print $8}'"))
                    .as("metadata snapshot that the pool of " + each.name() + " holds")
                    .isEqualToIgnoringWhitespace("-");
        }
        home.dropCaches();
        assertThat(clone.checksum(DEVICE, SIZE_MEBIBYTES)).isEqualTo(source.checksum(DEVICE, SIZE_MEBIBYTES));
    }

    /** Sectors that were read of the disk of an export so far, in a file, until the disk goes. */
    private static void count(Node node, String export, String file) {
        node.sh("""
                session=$(grep -l ':%1$s$' /sys/class/iscsi_session/*/targetname)
                disk=$(ls -d ${session%%/targetname}/device/target*/*:*/block/*)
                nohup sh -c "while read -r _ _ sectors _ < $disk/stat; do echo \\$sectors > %2$s; sleep 0.1; done" \
                    > /dev/null 2>&1 < /dev/null &
                """.formatted(export, file));
    }
}
