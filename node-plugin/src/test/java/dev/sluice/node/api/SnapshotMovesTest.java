package dev.sluice.node.api;

import static dev.sluice.node.api.NodeObjects.SIZE;
import static dev.sluice.node.api.NodeObjects.SOURCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.DesiredState;
import dev.sluice.api.Export;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.Snapshot;
import dev.sluice.api.SnapshotGroup;
import dev.sluice.api.SnapshotMove;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumePhase;
import dev.sluice.names.Names;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.FakeNetwork;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot goes from one whole node to another, and back, on one API server; the test plays the controller. */
@EnableKubernetesMockClient(crud = true)
class SnapshotMovesTest {
    private static final PoolSettings POOL = new PoolSettings("fast", "vg0", "thin");
    private static final String SNAPSHOT = Names.snapshotId("kept");

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesClient client;

    @TempDir
    Path folder;

    private final FakeNetwork network = new FakeNetwork();
    private final FakeHost first = new FakeHost("n1", "10.0.0.1", network, POOL);
    private final FakeHost second = new FakeHost("n2", "10.0.0.2", network, POOL);
    private TestNode from;
    private TestNode to;
    private NodeObjects objects;

    @BeforeEach
    void start() {
        objects = new NodeObjects(client);
        from = new TestNode(client, first, POOL, folder);
        to = new TestNode(client, second, POOL, folder);
        from.start();
        to.start();
        objects.createVolume(SOURCE, NodeObjects.spec("n1", null));
        eventually().until(() -> objects.phase(SOURCE) == VolumePhase.READY);
    }

    @AfterEach
    void stop() {
        to.close();
        from.close();
    }

    @Test
    void theNewHomeTakesItOverTheOldOneRemovesWhatIsLeftAndItComesBack() {
        takeSnapshot(null);
        String taken = status().lvUuid();
        move("n1", "n2", 2);
        assertThat(status().lvUuid()).isNotEqualTo(taken);
        assertThat(status().sizeBytes()).isEqualTo(SIZE);
        assertThat(first.leftovers()).contains("lv " + SNAPSHOT);

        release("n1", 2, Objects.requireNonNull(taken));
        assertThat(first.leftovers()).doesNotContain("lv " + SNAPSHOT);
        assertThat(second.leftovers()).contains("lv " + SNAPSHOT);

        String onSecond = Objects.requireNonNull(status().lvUuid());
        move("n2", "n1", 3);
        assertThat(status().lvUuid()).isNotIn(taken, onSecond);
        release("n2", 3, onSecond);
        assertThat(second.leftovers()).doesNotContain("lv " + SNAPSHOT);

        edit(spec -> spec.withState(DesiredState.ABSENT));
        eventually().until(() -> status().phase() == ServedPhase.REMOVED);
        assertThat(first.leftovers()).doesNotContain("lv " + SNAPSHOT);
    }

    @Test
    void anOrderToRemoveWhatIsLeftIsNotObeyedAtHome() {
        takeSnapshot(null);
        String taken = Objects.requireNonNull(status().lvUuid());
        createRelease("n1", 2, taken);
        eventually().until(() -> "InUse".equals(export(2).getStatus().reason()));
        assertThat(export(2).getStatus().message()).contains("is at home on this node");
        assertThat(first.leftovers()).contains("lv " + SNAPSHOT);
    }

    @Test
    void aMemberOfAGroupMovesAlone() {
        String other = Names.snapshotId("other");
        takeSnapshot(
                new SnapshotGroup(Names.groupSnapshotId("group"), List.of(new SnapshotGroup.Member(SNAPSHOT, SOURCE))));
        String taken = Objects.requireNonNull(status().lvUuid());
        move("n1", "n2", 2);
        release("n1", 2, taken);
        assertThat(second.leftovers()).contains("lv " + SNAPSHOT).doesNotContain("lv " + other);
    }

    /** What was ordered away before its new home had taken it over. */
    @Test
    void whatTheNewHomeNeverTookIsRemovedWithoutTouchingWhatIsLeft() {
        takeSnapshot(null);
        SnapshotMove move = new SnapshotMove(
                2,
                Names.snapshotCopy(SNAPSHOT, "n2"),
                "2026-01-01T00:00:00Z",
                new SnapshotMove.Left("n1", Objects.requireNonNull(status().lvUuid())));
        edit(spec -> spec.withTarget("n2").moved(move).withState(DesiredState.ABSENT));
        eventually().until(() -> status().phase() == ServedPhase.REMOVED);
        assertThat(first.leftovers()).contains("lv " + SNAPSHOT);
    }

    private void takeSnapshot(@Nullable SnapshotGroup group) {
        objects.createSnapshot(
                SNAPSHOT,
                new SnapshotSpec(
                        "kept",
                        SOURCE,
                        "n1",
                        "fast",
                        false,
                        null,
                        DesiredState.PRESENT,
                        null,
                        null,
                        null,
                        null,
                        null,
                        group));
        eventually().until(() -> objects.status(SNAPSHOT) != null && status().whole());
    }

    private void move(String home, String target, long epoch) {
        String copy = Names.snapshotCopy(SNAPSHOT, target);
        createExport(Names.export(copy, 1), new ExportSpec(SNAPSHOT, home, target, copy, 1, DesiredState.PRESENT));
        objects.createVolume(
                copy, NodeObjects.spec(target, new Origin(OriginKind.SNAPSHOT, SNAPSHOT, home, SNAPSHOT, SIZE)));
        eventually().until(() -> {
            (target.equals("n1") ? first : second).hydrateAll();
            return objects.volume(copy).getStatus() != null
                    && objects.volume(copy).getStatus().hydrated();
        });
        editExport(Names.export(copy, 1));

        String left = Objects.requireNonNull(status().lvUuid());
        edit(spec -> spec.withTarget(target)
                .moved(new SnapshotMove(epoch, copy, "2026-01-01T00:00:00Z", new SnapshotMove.Left(home, left))));
        eventually().until(() -> status().whole() && !left.equals(status().lvUuid()));

        client.resources(Volume.class).withName(copy).edit(volume -> {
            volume.setSpec(volume.getSpec().withState(DesiredState.ABSENT));
            return volume;
        });
        eventually().until(() -> objects.phase(copy) == VolumePhase.REMOVED);
        client.resources(Volume.class).withName(copy).delete();
        client.resources(Export.class).withName(Names.export(copy, 1)).delete();
    }

    private void editExport(String name) {
        client.resources(Export.class).withName(name).edit(export -> {
            export.setSpec(export.getSpec().withState(DesiredState.ABSENT));
            return export;
        });
        eventually()
                .until(() -> client.resources(Export.class)
                                .withName(name)
                                .get()
                                .getStatus()
                                .phase()
                        == ServedPhase.REMOVED);
    }

    private void release(String node, long epoch, String lvUuid) {
        createRelease(node, epoch, lvUuid);
        eventually()
                .until(() -> export(epoch).getStatus() != null
                        && export(epoch).getStatus().phase() == ServedPhase.REMOVED);
        edit(spec -> spec.withMove(Objects.requireNonNull(spec.move()).settled()));
    }

    private void createRelease(String node, long epoch, String lvUuid) {
        String client = node.equals("n1") ? "n2" : "n1";
        createExport(
                Names.export(SNAPSHOT, epoch),
                new ExportSpec(SNAPSHOT, node, client, SNAPSHOT, epoch, DesiredState.ABSENT, lvUuid, null, null));
    }

    private Export export(long epoch) {
        return client.resources(Export.class)
                .withName(Names.export(SNAPSHOT, epoch))
                .get();
    }

    private void createExport(String name, ExportSpec spec) {
        Export export = new Export();
        export.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .addToLabels(Names.LABEL_NODE, spec.originNode())
                .addToLabels(Names.concernsLabel(spec.clientNode()), "true")
                .build());
        export.setSpec(spec);
        client.resource(export).create();
    }

    private SnapshotStatus status() {
        return objects.status(SNAPSHOT);
    }

    /** With the label by which its node finds it. */
    private void edit(UnaryOperator<SnapshotSpec> change) {
        client.resources(Snapshot.class).withName(SNAPSHOT).edit(snapshot -> {
            snapshot.setSpec(change.apply(snapshot.getSpec()));
            snapshot.getMetadata()
                    .setLabels(Map.of(Names.LABEL_NODE, snapshot.getSpec().node()));
            return snapshot;
        });
    }

    private static ConditionFactory eventually() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }
}
