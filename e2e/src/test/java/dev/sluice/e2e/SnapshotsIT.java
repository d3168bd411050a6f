package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.VolumeGroupSnapshots;
import dev.sluice.e2e.fixture.VolumeSnapshots;
import dev.sluice.e2e.fixture.Workload;
import dev.sluice.names.Names;
import org.junit.jupiter.api.Test;

/** Of a volume that is in use, and of several at one instant. */
@EndToEnd
class SnapshotsIT {
    private static final int MEBIBYTES = 16;

    /** The same number to one volume and then to the other, each acknowledged before the next. */
    private static final String COUNT = """
            i=0
            (while :; do
              i=$((i+1))
              printf '%08d\\n' $i | dd of=/first/n bs=9 conv=notrunc,fsync || exit
              printf '%08d\\n' $i | dd of=/second/n bs=9 conv=notrunc,fsync || exit
            done) </dev/null >/dev/null 2>&1 &
            """;

    @Test
    void aSnapshotOfALiveVolumeIsRestoredHereAndElsewhere(Sandbox sandbox) {
        assumeTrue(
                VolumeSnapshots.className(sandbox.cluster().client()).isPresent(),
                "the snapshot API, or a class of our driver, is not installed");
        sandbox.claim(ClaimRequest.named("source"));
        Workload source = sandbox.start(
                PodRequest.named("source").on(sandbox.node(0).name()).mounting("source", "/data"));
        String checksum = source.writeRandom(Scene.FILE, MEBIBYTES);
        sandbox.snapshots().take("monday", "source");
        source.writeRandom(Scene.FILE, MEBIBYTES);
        sandbox.claim(ClaimRequest.named("here").restoredFrom("monday"));
        sandbox.claim(ClaimRequest.named("elsewhere").restoredFrom("monday"));

        Workload elsewhere = sandbox.start(
                PodRequest.named("elsewhere").on(sandbox.node(1).name()).mounting("elsewhere", "/data"));
        sandbox.hydration("elsewhere").pause(true);
        assertThat(features(sandbox.node(0), Names.exportDevice(Names.export(sandbox.volumeId("elsewhere"), 1))))
                .as("a file system that was frozen when the snapshot was taken has nothing to recover")
                .contains("has_journal")
                .doesNotContain("needs_recovery");
        sandbox.hydration("elsewhere").pause(false);
        Workload here = sandbox.start(
                PodRequest.named("here").on(sandbox.node(0).name()).mounting("here", "/data"));

        assertThat(here.checksum(Scene.FILE)).isEqualTo(checksum);
        assertThat(elsewhere.checksum(Scene.FILE)).isEqualTo(checksum);
        sandbox.hydration("here").await(HydrationPhase.HYDRATED);
        sandbox.hydration("elsewhere").await(HydrationPhase.HYDRATED);
        assertThat(elsewhere.checksum(Scene.FILE)).isEqualTo(checksum);
    }

    @Test
    void aGroupShowsOneInstantOfAllItsVolumes(Sandbox sandbox) {
        needsGroups(sandbox);
        String node = sandbox.anyNode().name();
        sandbox.claim(ClaimRequest.named("first"));
        sandbox.claim(ClaimRequest.named("second"));
        Workload writer = sandbox.start(
                PodRequest.named("writer").on(node).mounting("first", "/first").mounting("second", "/second"));
        writer.exec("printf '%08d\\n' 0 | tee /first/n >/second/n; sync");
        writer.exec(COUNT);

        sandbox.groupSnapshots().submit("monday", "first", "second");
        sandbox.groupSnapshots().awaitReady("monday");
        int then = number(writer, "/second/n");
        sandbox.claim(
                ClaimRequest.named("a").restoredFrom(sandbox.groupSnapshots().awaitMember("first")));
        sandbox.claim(
                ClaimRequest.named("b").restoredFrom(sandbox.groupSnapshots().awaitMember("second")));
        Workload reader = sandbox.start(
                PodRequest.named("reader").on(node).mounting("a", "/first").mounting("b", "/second"));

        int first = number(reader, "/first/n");
        int second = number(reader, "/second/n");
        assertThat(first - second)
                .as("%d in the first, %d in the second", first, second)
                .isBetween(0, 1);
        assertThat(first).isLessThanOrEqualTo(then + 1);
        assertThat(number(writer, "/second/n")).as("the pod writes on").isGreaterThan(second);
    }

    @Test
    void volumesOnTwoNodesAreRefusedWithTheReason(Sandbox sandbox) {
        needsGroups(sandbox);
        sandbox.claim(ClaimRequest.named("here"));
        sandbox.claim(ClaimRequest.named("there"));
        sandbox.start(PodRequest.named("here").on(sandbox.node(0).name()).mounting("here", "/data"));
        sandbox.start(PodRequest.named("there").on(sandbox.node(1).name()).mounting("there", "/data"));

        sandbox.groupSnapshots().submit("apart", "here", "there");

        assertThat(sandbox.groupSnapshots().awaitError("apart"))
                .contains(
                        sandbox.volumeId("here") + " is on " + sandbox.node(0).name(),
                        sandbox.volumeId("there") + " is on " + sandbox.node(1).name());
    }

    /** Of the ext4 that a device shows. */
    private static String features(Node node, String device) {
        return node.sh("dumpe2fs -h /dev/$(dmsetup info -c --noheadings -o blkdevname " + device
                + ") 2>/dev/null | sed -n 's/^Filesystem features: *//p'");
    }

    private static void needsGroups(Sandbox sandbox) {
        assumeTrue(
                VolumeGroupSnapshots.className(sandbox.cluster().client()).isPresent(),
                "the group snapshot API, or a class of our driver, is not installed");
    }

    private static int number(Workload pod, String file) {
        return Integer.parseInt(pod.exec("cat " + file).strip());
    }
}
