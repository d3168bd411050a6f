package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.RegionErrors;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Hydration;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import dev.sluice.names.Names;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The disk of a clone's origin cannot read two places: all else comes, the places are told, and when it reads again the rest comes. */
@EndToEnd
class RegionErrorsIT {
    private static final String DEVICE = "/dev/data";
    private static final int BEGIN_MEBIBYTES = 50;
    private static final int MEBIBYTES = 32;
    /** Far from the beginning, so that it does not come before it is bad. */
    private static final long FIRST = 74 * Scene.MEBIBYTE;

    private static final long SECOND = 78 * Scene.MEBIBYTE;
    private static final long BAD_BYTES = 64 << 10;
    private static final long SECTOR = 512;
    private static final Duration TOLD = Duration.ofSeconds(90);
    private static final Duration READ_ENDS = Duration.ofSeconds(30);

    @Test
    void whatTheOriginCannotReadIsToldAndTheRestComes(Sandbox sandbox) {
        Node origin = sandbox.node(0);
        Node home = sandbox.node(1);
        String limited = sandbox.slowClass("ext4", Scene.SLOW);
        sandbox.claim(ClaimRequest.named("source").ofClass(limited).block().ofSize("128Mi"));
        Workload source =
                sandbox.start(PodRequest.named("source").on(origin.name()).withDevice("source", DEVICE));
        source.exec("dd if=/dev/urandom of=%s bs=1M seek=%d count=%d conv=fsync,notrunc 2>/dev/null"
                .formatted(DEVICE, BEGIN_MEBIBYTES, MEBIBYTES));
        sandbox.claim(ClaimRequest.named("clone")
                .ofClass(limited)
                .block()
                .ofSize("128Mi")
                .cloneOf("source"));
        Workload clone = sandbox.start(PodRequest.named("clone").on(home.name()).withDevice("clone", DEVICE));
        Hydration hydration = sandbox.hydration("clone");
        String served = Names.exportDevice(Names.export(sandbox.volumeId("clone"), 1));
        String sound = origin.sh("dmsetup table " + served).strip();
        awaitCopying(hydration);
        hydration.pause(true);
        hydration.await(HydrationPhase.PAUSED);
        load(origin, served, spoiled(sound));
        try {
            hydration.unlimit();
            hydration.pause(false);
            await("the places are told")
                    .atMost(TOLD)
                    .until(() -> hydration
                            .status()
                            .map(CloneHydrationStatus::regionErrors)
                            .isPresent());
            assertTold(sandbox);
            assertThat(reads(clone, FIRST - BAD_BYTES)).isTrue();
            assertThat(reads(clone, FIRST))
                    .as("a read of what is bad ends, and in an error")
                    .isFalse();
            String beyond = "dd if=%s bs=1M skip=79 count=3 2>/dev/null | sha256sum".formatted(DEVICE);
            assertThat(clone.exec(beyond)).isEqualTo(source.exec(beyond));
        } finally {
            load(origin, served, sound);
        }

        hydration.await(HydrationPhase.HYDRATED);
        home.dropCaches();
        assertThat(clone.checksum(DEVICE, 128)).isEqualTo(source.checksum(DEVICE, 128));
        assertThat(hydration.status().orElseThrow().regionErrors()).isNull();
    }

    private static boolean reads(Workload pod, long offset) {
        String script = "dd if=%s of=/dev/null bs=%d skip=%d count=1".formatted(DEVICE, BAD_BYTES, offset / BAD_BYTES);
        return pod.tryExec(READ_ENDS, script).succeeded();
    }

    /** What the origin never used has been skipped by then: nothing changes its export any more. */
    private static void awaitCopying(Hydration hydration) {
        await("copying has begun")
                .atMost(TOLD)
                .until(() -> hydration
                        .status()
                        .filter(status -> status.copiedBytes() > 0 && !"WaitingToStart".equals(status.reason()))
                        .isPresent());
    }

    private static void assertTold(Sandbox sandbox) {
        CloneHydrationStatus status = sandbox.hydration("clone").status().orElseThrow();
        RegionErrors errors = Objects.requireNonNull(status.regionErrors());
        assertThat(status.phase()).isEqualTo(HydrationPhase.STALLED);
        assertThat(status.reason()).isEqualTo("RegionErrors");
        assertThat(errors.count()).isEqualTo(2);
        assertThat(errors.offsets()).containsExactly(FIRST, SECOND);
        assertThat(status.remainingBytes()).as("all else came").isEqualTo(2 * errors.regionBytes());
        await("the claim's event")
                .atMost(TOLD)
                .until(() -> sandbox.events("clone").stream()
                        .anyMatch(event -> event.startsWith("HydrationStalled: 2 regions of ")));
    }

    /** The one linear line, with holes. */
    private static String spoiled(String sound) {
        String[] words = sound.split(" ", -1);
        long end = Long.parseLong(words[1]);
        long first = FIRST / SECTOR;
        long second = SECOND / SECTOR;
        long bad = BAD_BYTES / SECTOR;
        String below = words[3];
        return String.join(
                "\n",
                linear(0, first, below),
                first + " " + bad + " error",
                linear(first + bad, second, below),
                second + " " + bad + " error",
                linear(second + bad, end, below));
    }

    private static String linear(long from, long to, String below) {
        return "%d %d linear %s %d".formatted(from, to - from, below, from);
    }

    private static void load(Node node, String device, String table) {
        node.sh("""
                dmsetup load --readonly %1$s <<'TABLE'
                %2$s
                TABLE
                dmsetup suspend --noflush --nolockfs %1$s
                dmsetup resume --noudevsync %1$s
                """.formatted(device, table));
    }
}
