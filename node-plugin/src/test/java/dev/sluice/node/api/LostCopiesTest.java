package dev.sluice.node.api;

import static dev.sluice.node.api.NodeObjects.SIZE;
import static dev.sluice.node.api.NodeObjects.SOURCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.DesiredState;
import dev.sluice.api.HeldVolume;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.LostCopy;
import dev.sluice.api.Placement;
import dev.sluice.api.Regression;
import dev.sluice.api.StorageNode;
import dev.sluice.api.StorageNodeSpec;
import dev.sluice.api.StorageNodeStatus;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeRecovery;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.FakeNetwork;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node is told of copies that were given up by order, or of objects that are not what they were; the test plays everybody else. */
@EnableKubernetesMockClient(crud = true)
class LostCopiesTest {
    private static final PoolSettings POOL = new PoolSettings("fast", "vg0", "thin");

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesClient client;

    @TempDir
    Path folder;

    private final FakeHost machine = new FakeHost("n1", "10.0.0.1", new FakeNetwork(), POOL);
    private TestNode node;
    private NodeObjects objects;

    @BeforeEach
    void start() {
        objects = new NodeObjects(client);
        node = new TestNode(client, machine, POOL, folder);
        node.start();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void aCopyThatWasGivenUpIsClosedKeptToldOfAndRemovedOnlyByItsOwnOrder() {
        objects.createVolume(SOURCE, NodeObjects.spec("n1", null));
        awaitPhase(VolumePhase.READY);
        String lvUuid = Objects.requireNonNull(status().allocated()).lvUuid();

        edit(spec -> spec.recovered("n2", 2, null, null, lost(new LostCopy("n1", 1, 2, null))));
        eventually().until(() -> Long.valueOf(2).equals(held().closedFor()));
        assertThat(held()).isEqualTo(new HeldVolume(SOURCE, 1, 2L, true, lvUuid));
        assertThat(machine.leftovers()).containsExactly("lv " + SOURCE);

        edit(spec -> spec.withRecovery(lost(new LostCopy("n1", 1, 2, "another"))));
        edit(spec -> spec.withRecovery(lost(new LostCopy("n1", 1, 2, null))));
        assertThat(machine.leftovers()).containsExactly("lv " + SOURCE);
        edit(spec -> spec.withRecovery(lost(new LostCopy("n1", 1, 2, lvUuid))));
        eventually().until(() -> machine.leftovers().isEmpty());
    }

    @Test
    void aHomeThatIsAliveClosesItsCopyWhenNoPodUsesIt() {
        objects.createVolume(SOURCE, NodeObjects.spec("n1", null));
        awaitPhase(VolumePhase.READY);
        node.directory.createAttachment(SOURCE);
        edit(spec -> spec.withRecovery(lost(new LostCopy("n1", 1, 2, null))));
        eventually().until(() -> "InUse".equals(status().reason()));
        assertThat(machine.leftovers()).hasSizeGreaterThan(1);

        node.directory.removeAttachment(SOURCE);
        eventually().until(() -> machine.leftovers().equals(List.of("lv " + SOURCE)));
    }

    @Test
    void aVolumeThatWasMadeBeforeIsNotMadeAgainWhereItIsMissing() {
        client.resource(new PersistentVolumeBuilder()
                        .withNewMetadata()
                        .withName("pv-data")
                        .endMetadata()
                        .withNewSpec()
                        .withNewCsi()
                        .withDriver("csi.sluice.dev")
                        .withVolumeHandle(SOURCE)
                        .endCsi()
                        .endSpec()
                        .build())
                .create();
        objects.createVolume(SOURCE, claimed());
        awaitPhase(VolumePhase.FAILED);
        assertThat(status().reason()).isEqualTo("OriginUnavailable");
        assertThat(status().message())
                .contains("PersistentVolume pv-data is there")
                .contains("Nothing is made");
        assertThat(machine.leftovers()).isEmpty();
    }

    @Test
    void anObjectOfALaterEpochIsNoRightToMakeAnEmptyVolume() {
        VolumeSpec spec = NodeObjects.spec("n1", null);
        objects.createVolume(SOURCE, spec.recovered("n1", 2, null, null, VolumeRecovery.of(spec)));
        awaitPhase(VolumePhase.FAILED);
        assertThat(status().message()).contains("nobody says that it was empty before");
        assertThat(machine.leftovers()).isEmpty();
    }

    @Test
    void anObjectIsFrozenAsLongAsAnotherNodeHasALaterCopy() {
        tell(List.of(new HeldVolume(SOURCE, 2)));
        node.close();
        node = new TestNode(client, machine, POOL, folder);
        node.start();
        objects.createVolume(SOURCE, NodeObjects.spec("n1", null));
        awaitPhase(VolumePhase.FAILED);
        assertThat(status().reason()).isEqualTo(Regression.REASON);
        assertThat(status().message()).contains("node n2 has a copy of epoch 2");
        edit(spec -> spec.withState(DesiredState.ABSENT));
        assertThat(machine.leftovers()).isEmpty();
        edit(spec -> spec.withState(DesiredState.PRESENT));

        tell(List.of());
        awaitPhase(VolumePhase.READY);
    }

    @Test
    void aStorageNodeThatIsGoneOrOlderIsWrittenAgain() {
        objects.createVolume(SOURCE, NodeObjects.spec("n1", null));
        awaitPhase(VolumePhase.READY);
        node.publish();
        client.resources(StorageNode.class).withName("n1").delete();
        node.publish();
        assertThat(held().epoch()).isEqualTo(1);
    }

    private static VolumeRecovery lost(LostCopy copy) {
        return new VolumeRecovery(null, null, null, null, null, null, List.of(copy));
    }

    private static VolumeSpec claimed() {
        return new VolumeSpec(
                "request",
                SIZE,
                "fast",
                VolumeMode.FILESYSTEM,
                "ext4",
                Placement.FOLLOW,
                "n1",
                null,
                1,
                null,
                new ClaimReference("apps", "data", "pv-data"),
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT);
    }

    private void tell(List<HeldVolume> inventory) {
        if (client.resources(StorageNode.class).withName("n2").get() == null) {
            StorageNode other = new StorageNode();
            other.setMetadata(new ObjectMetaBuilder().withName("n2").build());
            other.setSpec(StorageNodeSpec.DEFAULT);
            client.resource(other).create();
        }
        client.resources(StorageNode.class).withName("n2").editStatus(found -> {
            found.setStatus(new StorageNodeStatus(null, null, null, null, null, null, inventory, null));
            return found;
        });
    }

    /** As the node itself tells of its copy. */
    private HeldVolume held() {
        node.publish();
        StorageNode told = client.resources(StorageNode.class).withName("n1").get();
        return Objects.requireNonNull(told.getStatus().inventory()).getFirst();
    }

    private VolumeStatus status() {
        return objects.volume(SOURCE).getStatus();
    }

    private void awaitPhase(VolumePhase phase) {
        eventually().until(() -> objects.phase(SOURCE) == phase);
    }

    private void edit(UnaryOperator<VolumeSpec> change) {
        client.resources(Volume.class).withName(SOURCE).edit(volume -> {
            volume.setSpec(change.apply(volume.getSpec()));
            volume.getMetadata().setLabels(Map.of("concerns.sluice.dev/n1", "true"));
            return volume;
        });
    }

    private static ConditionFactory eventually() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }
}
