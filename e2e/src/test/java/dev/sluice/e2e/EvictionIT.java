package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.CommandResult;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Replica;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.StatefulSetRequest;
import dev.sluice.e2e.fixture.Workload;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A node with two pods of a StatefulSet is drained: they go one after the other. In a class of its own, as it cordons the node. */
@EndToEnd
class EvictionIT {
    private static final int MEBIBYTES = 16;
    private static final Duration MOVE = Duration.ofSeconds(120);
    private static final Duration HYDRATION = Duration.ofSeconds(120);

    @Test
    void aDrainWaitsUntilTheMemberBeforeIsWhole(Sandbox sandbox) {
        assumeTrue(isInstalled(sandbox), "the chart's value evacuation.webhook is not set");
        Node from = sandbox.node(0);
        Node to = sandbox.node(1);
        // Nothing is whole before it is looked at.
        String slow = sandbox.storageClass(
                "slow", Sandbox.FIRST_CONSUMER, Map.of("maxBytesPerSecond", Long.toString(Scene.MEBIBYTE)));
        Replica first = sandbox.submit(StatefulSetRequest.named("db")
                .ofClass(slow)
                .ofSize("64Mi")
                .on(from.name())
                .ofPods(2));
        Replica second = first.sibling(1);
        String onFirst = first.awaitReady().writeRandom(Scene.FILE, MEBIBYTES);
        String onSecond = second.awaitReady().writeRandom(Scene.FILE, MEBIBYTES);
        first.sendTo(to);
        try {
            move(sandbox, first, from);
            sandbox.hydration(first.claim()).pause(true);
            sandbox.hydration(first.claim()).await(HydrationPhase.PAUSED);

            CommandResult held = drain(sandbox, from, second.pod(), "8s");
            assertThat(held.succeeded()).isFalse();
            assertThat(held.errors())
                    .as("it goes on trying")
                    .contains("will retry after 5s", "admission webhook \"evictions.sluice.dev\" denied the request")
                    .contains(
                            "db-0 hydrates (PVC " + sandbox.namespace() + "/" + first.claim() + " on node " + to.name())
                    .contains("bytes to come, Paused)");
            assertThat(second.pod().node()).isEqualTo(from.name());

            sandbox.hydration(first.claim()).unlimit();
            sandbox.hydration(first.claim()).pause(false);
            move(sandbox, second, from);
            assertThat(sandbox.volume(first.claim()).isWhole()).isTrue();
        } finally {
            sandbox.cluster().kubectl("uncordon", from.name()).orFail("uncordon " + from.name());
        }
        sandbox.hydration(second.claim()).unlimit();
        sandbox.volume(second.claim()).awaitAtRest(HYDRATION);
        assertThat(first.pod().checksum(Scene.FILE)).isEqualTo(onFirst);
        assertThat(second.pod().checksum(Scene.FILE)).isEqualTo(onSecond);
    }

    private static boolean isInstalled(Sandbox sandbox) {
        return sandbox.cluster()
                        .client()
                        .admissionRegistration()
                        .v1()
                        .validatingWebhookConfigurations()
                        .withName("sluice-webhook")
                        .get()
                != null;
    }

    private static void move(Sandbox sandbox, Replica replica, Node from) {
        String uid = replica.pod().uid();
        drain(sandbox, from, replica.pod(), "100s").orFail("kubectl drain");
        replica.pod().awaitSuccessor(uid, MOVE);
        assertThat(replica.pod().node()).isNotEqualTo(from.name());
    }

    private static CommandResult drain(Sandbox sandbox, Node node, Workload pod, String timeout) {
        return sandbox.cluster()
                .kubectl(
                        "drain",
                        node.name(),
                        "--ignore-daemonsets",
                        "--pod-selector=" + Sandbox.LABEL + "=" + sandbox.namespace()
                                + ",statefulset.kubernetes.io/pod-name=" + pod.name(),
                        "--timeout=" + timeout);
    }
}
