package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.api.HydrationPhase;
import dev.sluice.api.LostCopy;
import dev.sluice.api.Snapshot;
import dev.sluice.api.VolumeRecovery;
import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.VolumeSnapshots;
import dev.sluice.e2e.fixture.VolumeView;
import dev.sluice.e2e.fixture.Workload;
import dev.sluice.names.Names;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A node is off for ever, with the only copy of a volume; a snapshot is elsewhere. */
@EndToEnd
@Order(EndToEnd.LAST)
@Execution(ExecutionMode.SAME_THREAD)
@NeedsLab("it cuts the power of the node that has the volume")
class AbandonIT {
    private static final Duration TOLD = Duration.ofSeconds(90);
    private static final Duration BACK = Duration.ofSeconds(180);

    @Test
    void aLostCopyIsGivenUpByOrderAndQuarantinedWhenItsNodeIsBack(Sandbox sandbox) {
        assumeTrue(
                VolumeSnapshots.className(sandbox.cluster().client()).isPresent(),
                "the snapshot API, or a class of our driver, is not installed");
        Node first = sandbox.node(0);
        Node second = sandbox.node(1);
        sandbox.claim(ClaimRequest.named("data").ofClass(sandbox.followClass()));
        Workload there = MoveIT.start(sandbox, "there", first);
        VolumeView volume = sandbox.volume("data");
        String checksum = there.writeRandom(Scene.FILE, 16);
        sandbox.snapshots().take("before", "data");
        there.stop();
        Workload last = MoveIT.start(sandbox, "last", second);
        last.exec("echo later >/data/later; sync");
        sandbox.hydration("data").await(HydrationPhase.HYDRATED);
        last.stop();
        // Else it may be in use there, for all that is known once the node is away.
        await("it is unstaged").atMost(TOLD).until(() -> volume.answer(second).isEmpty());
        sandbox.faults().kill(second.name());
        Workload here;
        try {
            here = MoveIT.submit(sandbox, "here", first);
            await("the pod is told that the only copy is away")
                    .atMost(TOLD)
                    .until(() -> volume.answer(first)
                            .filter(answer -> "HomeAway".equals(answer.reason()))
                            .isPresent());
            order(
                    sandbox,
                    volume,
                    "{\"giveUp\":\"%s@2\",\"use\":\"%s\",\"by\":\"AbandonIT\"}"
                            .formatted(second.name(), snapshot(sandbox, volume)));
            here.awaitReady(BACK);
            assertThat(recovery(volume).refused()).isNull();
            assertThat(here.checksum(Scene.FILE)).isEqualTo(checksum);
            assertThat(here.exec("ls /data")).doesNotContain("later");
            assertThat(sandbox.events("data"))
                    .anyMatch(event -> event.startsWith("CopyGivenUp: ") && event.contains("AbandonIT"));
        } finally {
            sandbox.faults().boot(second.name());
        }
        quarantined(sandbox, volume, second);
        assertThat(here.checksum(Scene.FILE)).isEqualTo(checksum);
    }

    private static void quarantined(Sandbox sandbox, VolumeView volume, Node node) {
        LostCopy lost = recovery(volume).copies().getFirst();
        assertThat(lost.node()).isEqualTo(node.name());
        await("the copy that is back is closed")
                .atMost(BACK)
                .untilAsserted(() -> assertThat(node.sh("lvs --noheadings -o lv_name,lv_tags"))
                        .contains(Names.copy(volume.id(), lost.epoch()))
                        .contains("sluice.closed-for=" + lost.closedFor()));
        assertThat(node.sh("dmsetup ls")).doesNotContain(Names.outerDevice(volume.id()));
        // Refused as long as the node has not told of it.
        await("it is removed by its own order").atMost(BACK).until(() -> {
            if (recovery(volume).discard() == null) {
                order(sandbox, volume, "{\"discard\":\"" + lost.name() + "\"}");
            }
            return recovery(volume).copies().isEmpty();
        });
        MoveIT.assertGone(volume.id(), node);
    }

    /** As an administrator: kubectl patch --type merge. */
    private static void order(Sandbox sandbox, VolumeView volume, String recovery) {
        sandbox.patchVolume(volume.id(), "{\"spec\":{\"recovery\":" + recovery + "}}");
    }

    private static VolumeRecovery recovery(VolumeView volume) {
        return VolumeRecovery.of(volume.spec());
    }

    private static String snapshot(Sandbox sandbox, VolumeView volume) {
        return sandbox.cluster().client().resources(Snapshot.class).list().getItems().stream()
                .filter(each -> each.getSpec().sourceVolume().equals(volume.id())
                        && !each.getSpec().internal())
                .map(each -> each.getMetadata().getName())
                .findFirst()
                .orElseThrow();
    }
}
