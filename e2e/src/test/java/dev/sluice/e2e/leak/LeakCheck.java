package dev.sluice.e2e.leak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.e2e.cluster.Cluster;
import dev.sluice.e2e.fixture.SharedCluster;
import java.time.Duration;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;

/**
 * Fails a test that leaves anything behind on a node or in the cluster. What one test ends with is what the next begins with, so each
 * is asked for once; a leak is the fault of one test only.
 */
public final class LeakCheck implements BeforeEachCallback, AfterEachCallback {
    private static final Duration ALL_GONE_WITHIN = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final String BEFORE = "footprint";

    @Override
    public void beforeEach(ExtensionContext context) {
        Cluster cluster = SharedCluster.of(context);
        store(context).computeIfAbsent(BEFORE, key -> Footprint.read(cluster), Footprint.class);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Footprint before = store(context).get(BEFORE, Footprint.class);
        if (before == null) {
            return; // beforeEach failed and was reported
        }
        Cluster cluster = SharedCluster.of(context);
        try {
            await("nothing is left behind")
                    .atMost(ALL_GONE_WITHIN)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(BETWEEN_LOOKS)
                    .untilAsserted(() -> assertThat(Footprint.read(cluster).differencesFrom(before))
                            .as("what is not as it was before the test")
                            .isEmpty());
        } catch (RuntimeException | AssertionError leak) {
            store(context).remove(BEFORE);
            throw leak;
        }
    }

    private static Store store(ExtensionContext context) {
        return context.getRoot().getStore(Namespace.create(LeakCheck.class));
    }
}
