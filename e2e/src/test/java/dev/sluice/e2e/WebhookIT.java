package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import io.fabric8.kubernetes.api.model.Pod;
import org.junit.jupiter.api.Test;

/** Pods come up where their data is, though every node of the pool would do. */
@EndToEnd
class WebhookIT {
    @Test
    void aRestartedPodReturnsToItsHome(Sandbox sandbox) {
        for (int index = 0; index < 2; index++) {
            Node home = sandbox.node(index);
            String claim = "data-" + index;
            sandbox.claim(ClaimRequest.named(claim));
            Workload first = sandbox.start(
                    PodRequest.named("first-" + index).on(home.name()).mounting(claim, "/data"));
            String checksum = first.writeRandom(Scene.FILE, 8);
            first.stop();

            Workload again = sandbox.start(PodRequest.named("again-" + index).mounting(claim, "/data"));

            assertThat(again.node()).isEqualTo(home.name());
            assertThat(again.checksum(Scene.FILE)).isEqualTo(checksum);
            assertThat(sandbox.volume(claim).spec().epoch())
                    .as("it has not moved")
                    .isEqualTo(1);
            assertThat(required(sandbox, "again-" + index)).contains("sluice.dev/unfit", home.name());
        }
    }

    private static String required(Sandbox sandbox, String name) {
        Pod pod = sandbox.cluster()
                .client()
                .pods()
                .inNamespace(sandbox.namespace())
                .withName(name)
                .get();
        return String.valueOf(
                pod.getSpec().getAffinity().getNodeAffinity().getRequiredDuringSchedulingIgnoredDuringExecution());
    }
}
