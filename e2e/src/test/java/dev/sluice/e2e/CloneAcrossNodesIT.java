package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.Export;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.Snapshot;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import dev.sluice.names.Names;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@EndToEnd
class CloneAcrossNodesIT {
    private static final int MEBIBYTES = 128;
    private static final int FEW_MEBIBYTES = 32;
    private static final Duration RELEASE = Duration.ofSeconds(30);

    @Test
    void aPodRunsOnItsCloneWhileTheDataIsStillAway(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", MEBIBYTES);
        try (var history = scene.hydration().watch()) {
            assertThat(scene.home().targets(scene.volumeId())).containsOnly("linear");
            assertThat(scene.home().progress(scene.volumeId()).complete()).isFalse();
            assertThat(scene.copy().checksum(Scene.FILE))
                    .as("read through while hydrating")
                    .isEqualTo(scene.checksum());
            assertThat(scene.hydration().phase()).isEqualTo(HydrationPhase.HYDRATING);

            scene.finishHydration();

            history.assertHonest();
        }
        assertThat(scene.copy().checksum(Scene.FILE)).as("once local").isEqualTo(scene.checksum());
        assertToldInTheEnd(scene);
        assertOriginReleased(scene);
    }

    @Test
    void theCloneShowsThePointInTimeHoweverTheSourceGoesOn(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "xfs", Scene.ENOUGH_MEBIBYTES);

        String later = scene.source().writeRandom(Scene.FILE, Scene.ENOUGH_MEBIBYTES);
        scene.source().writeRandom("/data/later", 1);
        String own = scene.copy().writeRandom("/data/own", 1);
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());
        scene.finishHydration();

        assertThat(later).isNotEqualTo(scene.checksum());
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());
        assertThat(scene.copy().checksum("/data/own")).isEqualTo(own);
        assertThat(scene.copy().exec("ls /data")).doesNotContain("later");
        assertThat(scene.source().checksum(Scene.FILE)).isEqualTo(later);
        assertThat(scene.source().exec("ls /data")).doesNotContain("own");
    }

    @Test
    void aCloneMayBeLargerThanItsSource(Sandbox sandbox) {
        sandbox.claim(ClaimRequest.named("source"));
        Workload source = sandbox.start(
                PodRequest.named("source").on(sandbox.node(0).name()).mounting("source", "/data"));
        String checksum = source.writeRandom(Scene.FILE, FEW_MEBIBYTES);
        sandbox.claim(ClaimRequest.named("clone").ofSize("1Gi").cloneOf("source"));

        Workload clone = sandbox.start(
                PodRequest.named("clone").on(sandbox.node(1).name()).mounting("clone", "/data"));

        assertThat(Long.parseLong(clone.exec("df -P -m /data | awk 'END {print $2}'")))
                .as("MiB of the file system")
                .isGreaterThan(850);
        assertThat(clone.checksum(Scene.FILE)).isEqualTo(checksum);
        String beyond = clone.writeRandom("/data/beyond", 2 * FEW_MEBIBYTES);
        sandbox.hydration("clone").await(HydrationPhase.HYDRATED);
        sandbox.node(1).dropCaches();
        assertThat(clone.checksum(Scene.FILE)).isEqualTo(checksum);
        assertThat(clone.checksum("/data/beyond")).isEqualTo(beyond);
    }

    @Test
    void blockVolumesAreClonedToTheLastByte(Sandbox sandbox) {
        sandbox.claim(ClaimRequest.named("source").block().ofSize("64Mi"));
        Workload source = sandbox.start(
                PodRequest.named("source").on(sandbox.node(0).name()).withDevice("source", "/dev/data"));
        source.writeRandom("/dev/data", 64);
        String checksum = source.checksum("/dev/data", 64);
        sandbox.claim(ClaimRequest.named("clone").block().ofSize("64Mi").cloneOf("source"));

        Workload clone = sandbox.start(
                PodRequest.named("clone").on(sandbox.node(1).name()).withDevice("clone", "/dev/data"));

        assertThat(clone.checksum("/dev/data", 64)).isEqualTo(checksum);
        sandbox.hydration("clone").await(HydrationPhase.HYDRATED);
        sandbox.node(1).dropCaches();
        assertThat(clone.checksum("/dev/data", 64)).isEqualTo(checksum);
    }

    private static void assertToldInTheEnd(Scene scene) {
        CloneHydrationStatus status = scene.hydration().status().orElseThrow();
        assertThat(status.remainingBytes()).isZero();
        assertThat(status.copiedBytes()).isGreaterThanOrEqualTo(MEBIBYTES * Scene.MEBIBYTE);
        assertThat(status.readyTime()).isNotNull();
        assertThat(status.completionTime()).isNotNull();
        await("events on the claim")
                .atMost(RELEASE)
                .untilAsserted(
                        () -> assertThat(String.join("\n", scene.sandbox().events("clone")))
                                .contains("HydrationStarted:", "VolumeUsable:", "Hydrated:"));
        String table = scene.sandbox()
                .cluster()
                .kubectl("get", "clonehydrations", "-n", scene.sandbox().namespace())
                .orFail("kubectl get clonehydrations");
        assertThat(table.lines().findFirst().orElseThrow().split(" +", -1))
                .containsExactly("NAME", "PHASE", "PROGRESS", "REMAINING", "RATE", "ETA", "ORIGIN", "NODE", "AGE");
        assertThat(table).containsPattern("clone +Hydrated +100");
    }

    private static void assertOriginReleased(Scene scene) {
        var client = scene.sandbox().cluster().client();
        String volume = scene.volumeId();
        String export = Names.export(volume, 1);
        await("the origin is released").atMost(RELEASE).untilAsserted(() -> {
            assertThat(client.resources(Export.class).withName(export).get()).isNull();
            assertThat(client.resources(Snapshot.class)
                            .withName(Names.cloneSnapshotId(volume))
                            .get())
                    .isNull();
            assertThat(scene.home().targets(volume)).containsOnly("linear");
            assertThat(scene.home().sh("dmsetup ls"))
                    .doesNotContain(Names.cloneDevice(volume), Names.sourceDevice(volume));
            assertThat(scene.home().sh("lvs --noheadings -o lv_name"))
                    .contains(volume)
                    .doesNotContain(Names.metadataVolume(volume));
            assertThat(scene.home().sh("cat /sys/class/iscsi_session/*/targetname 2>/dev/null; :"))
                    .doesNotContain(export);
            assertThat(scene.origin().sh("lvs --noheadings -o lv_name")).doesNotContain(Names.cloneSnapshotId(volume));
        });
    }
}
