package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.PoolStatus;
import dev.sluice.api.StorageNode;
import dev.sluice.api.StorageNodeStatus;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.OwnedPod;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Capacity steers pods: a node without room is passed over, whatever else speaks for it, and left again by who came there all the same. */
@EndToEnd
class SchedulingIT {
    private static final int FILL_MEBIBYTES = 768;

    @Test
    void aPodThatWouldRatherBeOnAFullNodeRunsWhereThereIsRoom(Sandbox sandbox) {
        Node full = sandbox.node(0);
        sandbox.claim(ClaimRequest.named("filler").ofSize("1Gi"));
        Workload filler =
                sandbox.start(PodRequest.named("filler").on(full.name()).mounting("filler", "/data"));
        long empty = free(sandbox, full);
        filler.writeRandom(Scene.FILE, FILL_MEBIBYTES);
        await("the node reports what was written")
                .atMost(Duration.ofSeconds(60))
                .until(() -> free(sandbox, full) < empty - FILL_MEBIBYTES / 2 * Scene.MEBIBYTE);

        // More than the first node has left, and less than any other.
        long bytes = (free(sandbox, full) + free(sandbox, sandbox.node(1))) / 2 - reserve(sandbox, full);
        sandbox.claim(ClaimRequest.named("large").ofSize(bytes / Scene.MEBIBYTE + "Mi"));
        Workload pod =
                sandbox.start(PodRequest.named("large").preferring(full.name()).mounting("large", "/data"));

        assertThat(pod.node()).isNotEqualTo(full.name());
        String checksum = pod.writeRandom(Scene.FILE, 8);
        pod.stop();
        rescue(sandbox, full, checksum);
    }

    /** The volume exists now, so that the scheduler asks nobody for room. */
    private static void rescue(Sandbox sandbox, Node full, String checksum) {
        KubernetesClient client = sandbox.cluster().client();
        try (OwnedPod stubborn = OwnedPod.start(
                sandbox, PodRequest.named("stubborn").preferring(full.name()).mounting("large", "/data"))) {
            await("it was evicted, and its successor runs elsewhere")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> stubborn.readyNode()
                            .filter(node -> !node.equals(full.name()))
                            .isPresent());
            assertThat(stubborn.workload().checksum(Scene.FILE)).isEqualTo(checksum);
            assertThat(client.v1()
                            .events()
                            .inNamespace(sandbox.namespace())
                            .list()
                            .getItems())
                    .filteredOn(event -> event.getReason().equals("NodeCannotTakeVolume"))
                    .singleElement()
                    .satisfies(event -> assertThat(event.getMessage()).contains(full.name(), "bytes free"));
            assertThat(client.nodes().withName(full.name()).get().getMetadata().getLabels())
                    .containsEntry(Names.LABEL_UNFIT, "NoSpace");
        } finally {
            // It would go by itself, after tests that want this node have begun.
            client.nodes()
                    .withName(full.name())
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            "{\"metadata\":{\"labels\":{\"%s\":null}}}".formatted(Names.LABEL_UNFIT));
        }
    }

    private static long free(Sandbox sandbox, Node node) {
        return pool(sandbox, node).freeBytes();
    }

    /** The driver keeps this share of a pool free. */
    private static long reserve(Sandbox sandbox, Node node) {
        return pool(sandbox, node).sizeBytes() / 100 * 2;
    }

    private static PoolStatus pool(Sandbox sandbox, Node node) {
        return Optional.ofNullable(sandbox.cluster()
                        .client()
                        .resources(StorageNode.class)
                        .withName(node.name())
                        .get()
                        .getStatus())
                .map(StorageNodeStatus::pools)
                .map(List::getFirst)
                .orElseThrow(() -> new AssertionError(node.name() + " has not reported its pools"));
    }
}
