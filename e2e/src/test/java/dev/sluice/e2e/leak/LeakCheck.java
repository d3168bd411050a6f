package dev.sluice.e2e.leak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.e2e.cluster.Cluster;
import dev.sluice.e2e.fixture.SharedCluster;
import java.time.Duration;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;

/**
 * Fails a test class that leaves anything behind on a node or in the cluster. Its tests run at the same time, so what is left is looked
 * for when the last of them has ended. What one class ends with is what the next begins with, so each is asked for once; a leak is the
 * fault of one class only.
 */
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {
    private static final Duration ALL_GONE_WITHIN = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
    private static final Duration LAST_LOOK = Duration.ofSeconds(5);
    private static final String BEFORE = "footprint";

    @Override
    public void beforeAll(ExtensionContext context) {
        Cluster cluster = SharedCluster.of(context);
        store(context).computeIfAbsent(BEFORE, key -> Footprint.read(cluster), Footprint.class);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Footprint before = store(context).get(BEFORE, Footprint.class);
        if (before == null) {
            return; // beforeAll failed and was reported
        }
        Cluster cluster = SharedCluster.of(context);
        long begin = System.nanoTime();
        awaitObjects(cluster, before);
        try {
            await("nothing is left behind")
                    .atMost(ALL_GONE_WITHIN
                            .minusNanos(System.nanoTime() - begin)
                            .plus(LAST_LOOK))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(BETWEEN_LOOKS)
                    .untilAsserted(() -> assertThat(Footprint.read(cluster).differencesFrom(before))
                            .as("what is not as it was before these tests")
                            .isEmpty());
        } catch (RuntimeException | AssertionError leak) {
            store(context).remove(BEFORE);
            throw leak;
        }
    }

    /** While an object is left the nodes need not be asked; where it stays, the look at everything says so. */
    private static void awaitObjects(Cluster cluster, Footprint before) {
        try {
            await().atMost(ALL_GONE_WITHIN).until(() -> before.hasObjectsOf(cluster));
        } catch (ConditionTimeoutException left) {
            System.err.println("objects are left after " + ALL_GONE_WITHIN);
        }
    }

    private static Store store(ExtensionContext context) {
        return context.getRoot().getStore(Namespace.create(LeakCheck.class));
    }
}
