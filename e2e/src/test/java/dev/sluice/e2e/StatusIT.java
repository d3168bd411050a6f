package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.Condition;
import dev.sluice.api.StorageNode;
import dev.sluice.api.StorageNodeStatus;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

@EndToEnd
class StatusIT {
    // The bar after its start is 110 MiB (docs/benchmarks.md). What the work of other tests compiled and loaded stays.
    private static final long RESIDENT_LIMIT_KIBIBYTES = 140 << 10;
    // It looks once a minute whether memory is to be given back.
    private static final Duration AT_REST_WITHIN = Duration.ofMinutes(3);

    @Test
    void everyNodeSaysThatItIsFitAndWhatItHas(Sandbox sandbox) {
        var client = sandbox.cluster().client();
        assertThat(sandbox.cluster().nodes()).hasSizeGreaterThanOrEqualTo(2);

        assertThat(sandbox.cluster().nodes()).allSatisfy(name -> {
            StorageNodeStatus status =
                    client.resources(StorageNode.class).withName(name).get().getStatus();
            List<Condition> conditions = Objects.requireNonNullElse(status.conditions(), List.of());
            assertThat(conditions).hasSizeGreaterThan(1);
            assertThat(conditions)
                    .filteredOn(condition -> condition.type().equals("Ready"))
                    .singleElement()
                    .satisfies(ready ->
                            assertThat(ready.status()).as(ready.message()).isEqualTo("True"));
            assertThat(status.engine()).isEqualTo("dm-clone");
            assertThat(status.publicKey()).isNotBlank();
            assertThat(status.address()).isNotBlank();
            assertThat(status.pools()).isNotEmpty();
        });
    }

    /** What other tests have left in its memory it gives back when nothing hydrates any more. */
    @Test
    void theNodePluginIsSmallAtRest(Sandbox sandbox) {
        for (String name : sandbox.cluster().nodes()) {
            Node node = new Node(sandbox.cluster(), name);
            await("the node plugin on " + name + " is at rest")
                    .atMost(AT_REST_WITHIN)
                    .pollInterval(Duration.ofSeconds(2))
                    .untilAsserted(() -> assertThat(node.pluginResidentKibibytes())
                            .as("resident KiB")
                            .isBetween(1L, RESIDENT_LIMIT_KIBIBYTES));
        }
    }
}
