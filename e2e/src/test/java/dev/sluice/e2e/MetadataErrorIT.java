package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import dev.sluice.names.Names;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * dm-clone cannot record any more what has come. It would show the origin's bytes again for what it forgets, so nobody may read on; when the
 * disk is mended, the volume is whole.
 */
@EndToEnd
@NeedsLab("it breaks a device on a node")
class MetadataErrorIT {
    private static final Duration CUT_OFF = Duration.ofSeconds(20);

    /** Says which logical volume the engine has its metadata on. */
    private static final String METADATA = """
            set -e
            set -- $(dmsetup table %s)
            metadata=$(dmsetup info -c --noheadings -o name -j ${4%%:*} -m ${4#*:})
            """;

    @Test
    void aVolumeWhoseMetadataCannotBeWrittenIsCutOffAndIsWholeWhenMended(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);
        String own = scene.copy().writeRandom("/data/own", 4);
        scene.copy().exec("sync");
        String table = breakMetadata(scene);
        try {
            await("it is cut off")
                    .atMost(CUT_OFF)
                    .untilAsserted(() ->
                            assertThat(scene.home().targets(scene.volumeId())).containsOnly("error"));
            assertThat(scene.hydration().await(HydrationPhase.FAILED).reason()).isEqualTo("MetadataReadOnly");
            scene.home().dropCaches();
            assertThat(scene.copy().tryExec(CUT_OFF, "sha256sum " + Scene.FILE).succeeded())
                    .as("nothing is shown")
                    .isFalse();
        } finally {
            mend(scene, table);
        }
        scene.copy().stop();

        Workload again =
                sandbox.start(PodRequest.named("again").on(scene.home().name()).mounting("clone", "/data"));

        assertThat(again.checksum("/data/own")).as("written and synced before").isEqualTo(own);
        assertThat(again.checksum(Scene.FILE)).as("read through").isEqualTo(scene.checksum());
        scene.finishHydration();
        assertThat(again.checksum("/data/own")).isEqualTo(own);
        assertThat(again.checksum(Scene.FILE)).as("once local").isEqualTo(scene.checksum());
        assertThat(scene.home().targets(scene.volumeId())).containsOnly("linear");
    }

    /** Answers the table it had. */
    private static String breakMetadata(Scene scene) {
        return scene.home()
                .sh(METADATA.formatted(Names.cloneDevice(scene.volumeId())) + """
                        table=$(dmsetup table $metadata)
                        echo "$table"
                        set -- $table
                        dmsetup load $metadata --table "0 $2 error"
                        dmsetup resume --noudevsync --noflush --nolockfs $metadata""")
                .strip();
    }

    private static void mend(Scene scene, String table) {
        scene.home().sh("""
                        set -e
                        metadata=$(dmsetup info -c --noheadings -o name | grep -- '%s$')
                        dmsetup load $metadata --table '%s'
                        dmsetup resume --noudevsync --noflush --nolockfs $metadata
                        [ "$(dmsetup table $metadata)" = '%s' ]""".formatted(mapped(Names.metadataVolume(scene.volumeId())), table, table));
    }

    /** As device-mapper names it. */
    private static String mapped(String logicalVolume) {
        return logicalVolume.replace("-", "--");
    }
}
