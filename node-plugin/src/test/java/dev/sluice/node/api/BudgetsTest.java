package dev.sluice.node.api;

import static dev.sluice.node.api.NodeObjects.CLONE;
import static dev.sluice.node.api.NodeObjects.SIZE;
import static dev.sluice.node.api.NodeObjects.SNAPSHOT;
import static dev.sluice.node.api.NodeObjects.SOURCE;
import static dev.sluice.node.api.NodeObjects.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.CopyAllowance;
import dev.sluice.api.CopyTurn;
import dev.sluice.api.Export;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.StorageNode;
import dev.sluice.api.StorageNodeSpec;
import dev.sluice.api.Urgency;
import dev.sluice.api.VolumePhase;
import dev.sluice.names.Names;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.FakeNetwork;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits as an administrator sets them on StorageNodes, and what comes of them in the statuses: two whole nodes on one API server. */
@EnableKubernetesMockClient(crud = true)
class BudgetsTest {
    private static final PoolSettings POOL = new PoolSettings("fast", "vg0", "thin");
    private static final long MEBIBYTE = 1L << 20;
    private static final Duration OBEYED = Duration.ofSeconds(5);

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesClient client;

    @TempDir
    Path folder;

    private final FakeNetwork network = new FakeNetwork();
    private final FakeHost first = new FakeHost("n1", "10.0.0.1", network, POOL);
    private final FakeHost second = new FakeHost("n2", "10.0.0.2", network, POOL);
    private TestNode origin;
    private TestNode home;
    private NodeObjects objects;

    /** A clone that a pod uses: it would copy. */
    @BeforeEach
    void start() {
        objects = new NodeObjects(client);
        origin = new TestNode(client, first, POOL, folder);
        home = new TestNode(client, second, POOL, folder);
        origin.start();
        home.start();
        objects.createVolume(SOURCE, spec("n1", null));
        within(Duration.ofSeconds(20)).until(() -> objects.phase(SOURCE) == VolumePhase.READY);
        objects.createVolume(CLONE, spec("n2", new Origin(OriginKind.VOLUME, SOURCE, "n1", SNAPSHOT, SIZE)));
        objects.createHydration();
        objects.createExport();
        objects.createSnapshot();
        within(Duration.ofSeconds(20)).until(() -> objects.phase(CLONE) == VolumePhase.READY);
        within(Duration.ofSeconds(20)).until(() -> objects.hydration().getStatus() != null);
        BlockDevice outer = second.host()
                .deviceMapper()
                .find(Names.outerDevice(CLONE))
                .orElseThrow()
                .device();
        second.host().mounts().ensure(outer, Path.of("/pods/clone"), "ext4", List.of());
    }

    @AfterEach
    void stop() {
        home.close();
        origin.close();
    }

    @Test
    void limitsOfBothNodesAreToldAndObeyedAsTheyChange() {
        limit("n1", new StorageNodeSpec(false, null, 8 * MEBIBYTE));
        within(OBEYED).until(() -> allowed() != null);
        assertThat(allowed()).isBetween(7 * MEBIBYTE, 8 * MEBIBYTE);
        within(Duration.ofSeconds(30)).until(() -> limitedBy("maxBytesPerSecondOut"));
        assertThat(allowance().orElseThrow().node()).isEqualTo("n1");

        limit("n2", new StorageNodeSpec(false, MEBIBYTE, null));
        within(Duration.ofSeconds(15)).until(() -> limitedBy("maxBytesPerSecondIn"));
        assertThat(allowance().orElseThrow()).isEqualTo(new CopyAllowance(MEBIBYTE, "maxBytesPerSecondIn", "n2"));

        limit("n1", StorageNodeSpec.DEFAULT);
        within(OBEYED).until(() -> allowed() == null);
        limit("n2", StorageNodeSpec.DEFAULT);
        within(Duration.ofSeconds(15)).until(() -> allowance().isEmpty());
    }

    @Test
    void whoeverIsQueuedDoesNotCopyUntilItsTurn() {
        turn(new CopyTurn(0, Urgency.IN_USE, 2));
        within(Duration.ofSeconds(30))
                .until(() -> status().message() != null && status().message().contains("maxHydrations"));
        assertThat(status().reason()).isEqualTo("WaitingToStart");
        assertThat(second.hydrate(Names.cloneDevice(Names.copy(CLONE, 1)), 1)).isZero();

        turn(new CopyTurn(0, Urgency.IN_USE, null));
        within(OBEYED).until(() -> "Copying".equals(status().reason()));
        assertThat(second.hydrate(Names.cloneDevice(Names.copy(CLONE, 1)), 1)).isEqualTo(1);
    }

    private void limit(String node, StorageNodeSpec spec) {
        client.resources(StorageNode.class).withName(node).edit(each -> {
            each.setSpec(spec);
            return each;
        });
    }

    private void turn(CopyTurn turn) {
        client.resources(Export.class).withName(Names.export(CLONE, 1)).edit(export -> {
            export.setSpec(export.getSpec().withTurn(turn));
            return export;
        });
    }

    private @Nullable Long allowed() {
        return objects.export().getStatus().allowedBytesPerSecond();
    }

    private CloneHydrationStatus status() {
        return objects.hydration().getStatus();
    }

    private Optional<CopyAllowance> allowance() {
        return Optional.ofNullable(status().allowance());
    }

    private boolean limitedBy(String field) {
        return allowance().filter(each -> each.limitedBy().equals(field)).isPresent();
    }

    private static ConditionFactory within(Duration time) {
        return Awaitility.await().atMost(time).pollInterval(Duration.ofMillis(100));
    }
}
