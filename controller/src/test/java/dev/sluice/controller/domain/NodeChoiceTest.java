package dev.sluice.controller.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.HydrationSettings;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.VolumeMode;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.names.Names;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeChoiceTest {
    private static final long GIB = 1L << 30;
    private static final Source SOURCE = new Source(
            OriginKind.VOLUME, Names.volumeId("s"), "n3", "fast", GIB, VolumeMode.FILESYSTEM, "ext4", null, null);

    private final FakeRegistry cluster = new FakeRegistry();

    @BeforeEach
    void threeNodes() {
        cluster.addNode("n1", 50 * GIB, "True", "dm-clone");
        cluster.addNode("n2", 80 * GIB, "True", "dm-clone");
        cluster.addNode("n3", 20 * GIB, "True", "dm-clone");
    }

    @Test
    void freeChoiceTakesTheNodeWithMostRoom() {
        assertThat(choose(Topology.ANYWHERE, cluster.findAll(), null, GIB, null))
                .isEqualTo(new NodeChoice.Home("n2", "fast"));
    }

    @Test
    void freeChoiceOfACloneIsItsSourcesNode() {
        assertThat(choose(Topology.ANYWHERE, cluster.findAll(), null, GIB, SOURCE)
                        .node())
                .isEqualTo("n3");
    }

    @Test
    void theNodeThatIsAskedForWins() {
        assertThat(choose(only("n1"), cluster.findAll(), "fast", GIB, SOURCE).node())
                .isEqualTo("n1");
    }

    @Test
    void preferredTermsAreTriedInOrder() {
        Topology topology = new Topology(List.of(), List.of(segment("n3"), segment("n2")));
        assertThat(choose(topology, cluster.findAll(), null, 50 * GIB, null).node())
                .isEqualTo("n2");
    }

    @Test
    void aPoolKeyIsEveryNodeThatHasThePool() {
        Topology topology = new Topology(List.of(Map.of("pool.sluice.dev/fast", "true")), List.of());
        assertThat(choose(topology, cluster.findAll(), null, GIB, null).node()).isEqualTo("n2");
    }

    @Test
    void aNodeWhosePreflightFailsIsNotChosen() {
        cluster.addNode("n2", 80 * GIB, "False", "dm-clone");
        assertThat(choose(Topology.ANYWHERE, cluster.findAll(), null, GIB, null).node())
                .isEqualTo("n1");
        assertThatThrownBy(() -> choose(only("n2"), cluster.findAll(), null, GIB, null))
                .hasMessageContaining("n2 is not ready (DmCloneMissing: install dm-clone)");
    }

    @Test
    void aNodeWithoutAnEngineTakesNoCloneButMaySharesBlocks() {
        cluster.addNode("n1", 50 * GIB, "True", null);
        assertThatThrownBy(() -> choose(only("n1"), cluster.findAll(), null, GIB, SOURCE))
                .hasMessageContaining("n1 cannot hydrate a clone");
        cluster.addNode("n3", 20 * GIB, "True", null);
        assertThat(choose(only("n3"), cluster.findAll(), null, GIB, SOURCE).node())
                .isEqualTo("n3");
    }

    @Test
    void aFullNodeIsExplained() {
        assertThatThrownBy(() -> choose(only("n3"), cluster.findAll(), null, 30 * GIB, null))
                .hasMessageContaining("n3 has")
                .hasMessageContaining("bytes free");
    }

    @Test
    void anUnknownPoolIsTheRequestsFault() {
        assertThatThrownBy(() -> choose(Topology.ANYWHERE, cluster.findAll(), "slow", GIB, null))
                .hasMessage("no node has a pool called slow; there are fast");
    }

    @Test
    void aDeadNodeIsNotChosen() {
        cluster.setAlive("n2", false);
        assertThat(choose(Topology.ANYWHERE, cluster.findAll(), null, GIB, null).node())
                .isEqualTo("n1");
    }

    private static Topology only(String node) {
        return new Topology(List.of(segment(node)), List.of());
    }

    private static Map<String, String> segment(String node) {
        return Map.of(Names.TOPOLOGY_NODE, node);
    }

    private static NodeChoice.Home choose(
            Topology topology, List<NodeView> nodes, @Nullable String pool, long sizeBytes, @Nullable Source source) {
        var request = new VolumeRequest(
                "v",
                new SizeRange(sizeBytes, 0),
                VolumeMode.FILESYSTEM,
                null,
                null,
                pool,
                HydrationSettings.DEFAULT,
                null,
                null,
                topology,
                Placement.PINNED,
                null);
        return NodeChoice.choose(request, nodes, sizeBytes, source);
    }
}
