package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.api.Condition;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.Snapshot;
import dev.sluice.api.StorageNode;
import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.EvacuatedNode;
import dev.sluice.e2e.fixture.Hydration;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Replica;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.StatefulSetRequest;
import dev.sluice.e2e.fixture.VolumeSnapshots;
import dev.sluice.e2e.fixture.Workload;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A node is emptied, switched off and deleted: everything is served by the others. Alone, and last: it takes a node from all. */
@EndToEnd
@Order(EndToEnd.LAST)
@Execution(ExecutionMode.SAME_THREAD)
@NeedsLab("it switches a node off for good")
class DrainedNodeIT {
    private static final List<String> IDLE = List.of("a", "b", "c", "d");
    private static final int MEBIBYTES = 8;
    private static final Duration MOVE = Duration.ofMinutes(2);
    private static final Duration JOIN = Duration.ofMinutes(3);

    @Test
    void whatWasOnANodeThatIsGoneIsServedByTheOthersAndASnapshotIsRestored(Sandbox sandbox) {
        assumeTrue(
                VolumeSnapshots.className(sandbox.cluster().client()).isPresent(),
                "the snapshot API, or a class of our driver, is not installed");
        // Before one of them goes, and those after it have another number.
        Node gone = sandbox.node(0);
        Node second = sandbox.node(1);
        Node third = sandbox.node(2);
        String follow = sandbox.followClass();
        Replica db = set(sandbox, "db", follow, gone);
        Replica web = set(sandbox, "web", follow, gone);
        Map<String, String> written = writeIdle(sandbox, follow, gone);
        written.put("db", db.awaitReady().writeRandom(Scene.FILE, MEBIBYTES));
        written.put("web", web.awaitReady().writeRandom(Scene.FILE, MEBIBYTES));
        sandbox.snapshots().take("monday", "a");
        sandbox.snapshots().take("tuesday", db.claim());
        String changed = db.pod().writeRandom(Scene.FILE, MEBIBYTES);
        Workload clone = pausedRestore(sandbox, second);

        EvacuatedNode evacuated = new EvacuatedNode(sandbox.cluster().client(), gone.name());
        try {
            db.sendTo(second);
            web.sendTo(third);
            drain(sandbox, gone);
            evacuated.awaitMessage(sandbox.namespace() + "/clone (Paused on node " + second.name());
            awaitSnapshotsLeft(sandbox, gone);
            assertThat(evacuated.isEmpty()).as("with a clone that reads").isFalse();
            assertThat(sandbox.volume("clone").isWhole()).isFalse();
            sandbox.hydration("clone").pause(false);
            evacuated.awaitEmpty();

            sandbox.faults().kill(gone.name());
            kubectl(sandbox, "delete", "node", gone.name(), "--wait=false");
            kubectl(sandbox, "delete", "storagenode", gone.name());

            assertThat(db.pod().awaitReady(MOVE).checksum(Scene.FILE)).isEqualTo(changed);
            assertThat(web.pod().awaitReady(MOVE).checksum(Scene.FILE)).isEqualTo(written.get("web"));
            assertThat(clone.checksum(Scene.FILE)).isEqualTo(written.get("a"));
            assertIdleServed(sandbox, second, written);
            assertRestored(sandbox, third, written.get("db"));
        } finally {
            sandbox.faults().boot(gone.name());
            awaitJoined(sandbox, gone);
            evacuated.close();
        }
        assertThat(gone.sh("lvs --noheadings -o lv_name data"))
                .as("it joins as an empty node")
                .doesNotContain("v-", "s-");
    }

    private static Replica set(Sandbox sandbox, String name, String follow, Node node) {
        return sandbox.submit(
                StatefulSetRequest.named(name).ofClass(follow).ofSize("64Mi").on(node.name()));
    }

    /** Of volumes that no pod uses any more. */
    private static Map<String, String> writeIdle(Sandbox sandbox, String follow, Node node) {
        IDLE.forEach(
                claim -> sandbox.claim(ClaimRequest.named(claim).ofSize("64Mi").ofClass(follow)));
        Workload writer = sandbox.start(mountingAll("writer", node));
        Map<String, String> checksums = new LinkedHashMap<>();
        IDLE.forEach(claim -> checksums.put(claim, writer.writeRandom("/" + claim + "/file", MEBIBYTES)));
        writer.stop();
        return checksums;
    }

    private static PodRequest mountingAll(String name, Node node) {
        PodRequest pod = PodRequest.named(name).on(node.name());
        for (String claim : IDLE) {
            pod = pod.mounting(claim, "/" + claim);
        }
        return pod;
    }

    /** It has nothing yet of what it restores. */
    private static Workload pausedRestore(Sandbox sandbox, Node node) {
        sandbox.claim(ClaimRequest.named("clone").ofSize("64Mi").restoredFrom("monday"));
        Workload clone = sandbox.start(PodRequest.named("clone").on(node.name()).mounting("clone", "/data"));
        Hydration hydration = sandbox.hydration("clone");
        hydration.pause(true);
        hydration.await(HydrationPhase.PAUSED);
        return clone;
    }

    private static void awaitSnapshotsLeft(Sandbox sandbox, Node node) {
        await("the snapshots are at home elsewhere")
                .atMost(MOVE)
                .untilAsserted(
                        () -> assertThat(sandbox.cluster().client().resources(Snapshot.class).list().getItems().stream()
                                        .map(Snapshot::getSpec)
                                        .filter(spec -> !spec.internal()))
                                .hasSize(2)
                                .noneMatch(spec -> spec.node().equals(node.name())));
    }

    private static void assertIdleServed(Sandbox sandbox, Node node, Map<String, String> written) {
        Workload reader = sandbox.start(mountingAll("reader", node));
        IDLE.forEach(claim ->
                assertThat(reader.checksum("/" + claim + "/file")).as(claim).isEqualTo(written.get(claim)));
    }

    private static void assertRestored(Sandbox sandbox, Node node, String checksum) {
        sandbox.claim(ClaimRequest.named("restored").ofSize("64Mi").restoredFrom("tuesday"));
        Workload restored =
                sandbox.start(PodRequest.named("restored").on(node.name()).mounting("restored", "/data"));
        assertThat(restored.checksum(Scene.FILE))
                .as("as it was when it was taken")
                .isEqualTo(checksum);
    }

    /** All that runs there, the controller too. */
    private static void drain(Sandbox sandbox, Node node) {
        kubectl(
                sandbox,
                "drain",
                node.name(),
                "--ignore-daemonsets",
                "--delete-emptydir-data",
                "--force",
                "--timeout=90s");
    }

    /** As the lab is for the tests after this one. */
    private static void awaitJoined(Sandbox sandbox, Node node) {
        KubernetesClient client = sandbox.cluster().client();
        await("node " + node.name() + " has joined").atMost(JOIN).until(() -> {
            var there = client.nodes().withName(node.name()).get();
            return there != null
                    && there.getStatus() != null
                    && there.getStatus().getConditions().stream()
                            .anyMatch(each -> each.getType().equals("Ready")
                                    && each.getStatus().equals("True"));
        });
        kubectl(sandbox, "uncordon", node.name());
        await("its storage is fit").atMost(JOIN).until(() -> {
            StorageNode storage =
                    client.resources(StorageNode.class).withName(node.name()).get();
            return storage != null
                    && storage.getStatus() != null
                    && storage.getStatus().conditions() != null
                    && storage.getStatus().conditions().stream().anyMatch(DrainedNodeIT::isFit);
        });
    }

    private static boolean isFit(Condition condition) {
        return condition.type().equals("Ready") && condition.status().equals("True");
    }

    private static void kubectl(Sandbox sandbox, String... arguments) {
        sandbox.cluster().kubectl(arguments).orFail("kubectl " + String.join(" ", arguments));
    }
}
