package dev.sluice.controller.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.HeldVolume;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.controller.fake.FakeRegistry.Crash;
import dev.sluice.controller.fake.Volumes;
import dev.sluice.names.Names;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nodes that are emptied. The fake nodes fail a test as soon as two of them have one volume open. */
class EvacuationTest {
    private static final long GIB = EvacuationWorld.GIB;
    private static final int MORE_THAN_ALL_WRITES = 60;

    @Test
    void idleVolumesGoWhereThereIsRoomAndHydrateThereUntilNothingIsLeft() {
        EvacuationWorld world = new EvacuationWorld("n1", "n2", "n3");
        String first = world.volume("a");
        String second = world.volume("b");
        world.evacuate(true);

        assertThat(world.look().message()).contains("2 left").contains("waiting for their turn: apps/");
        assertThat(world.look().message()).contains("moving: apps/a (to node n2), apps/b (to node n3)");
        assertThat(List.of(world.home(first), world.home(second))).containsExactly("n2", "n3");
        Evacuation moved = world.look();
        assertThat(moved.done()).isFalse();
        assertThat(moved.reason()).isEqualTo("Moving");
        assertThat(moved.message())
                .contains("still read by copies on other nodes: apps/a")
                .contains("apps/b");

        world.registry.nodes.away.add("n1");
        world.hydrateAll();
        Evacuation releasing = world.look();
        assertThat(releasing.reason()).as("the old copies are ordered away").isEqualTo("Moving");
        assertThat(releasing.message()).contains("being deleted: what fed " + first);
        world.registry.nodes.away.clear();
        world.settle();
        assertThat(world.look().done()).isTrue();
        assertThat(world.registry.nodes.isOnlyOn(first, "n2")).isTrue();
        assertThat(world.registry.exports.findAll()).isEmpty();
    }

    @Test
    void aCrashAfterAnyWriteChangesNothingInTheEnd() {
        String expected = live(MORE_THAN_ALL_WRITES);
        for (int writes = 0; writes < MORE_THAN_ALL_WRITES; writes++) {
            assertThat(live(writes)).as("crash after %d writes", writes).isEqualTo(expected);
        }
    }

    private static String live(int writes) {
        EvacuationWorld world = new EvacuationWorld("n1", "n2", "n3");
        world.volume("a");
        world.volume("b", "n1", 2 * GIB, Placement.FOLLOW);
        world.volume("c", "n1", 3 * GIB, Placement.FOLLOW);
        world.evacuate(true);
        world.registry.crashAfter(writes);
        for (int look = 0; look < 4; look++) {
            surviving(world, world::look);
        }
        surviving(world, world::hydrateAll);
        surviving(world, world::look);
        assertThat(world.look().done()).isTrue();
        return world.registry.endState();
    }

    private static void surviving(EvacuationWorld world, Runnable action) {
        try {
            action.run();
        } catch (Crash crash) {
            world.registry.crashAfter(Integer.MAX_VALUE);
            world.evacuations = world.evacuations();
            world.settle();
            world.look();
            action.run();
        }
    }

    @Test
    void manyVolumesDoNotAllChooseOneNodeAndLeaveAFewAtATime() {
        EvacuationWorld world = new EvacuationWorld("n1", "n2", "n3", "n4");
        IntStream.range(0, 50).forEach(each -> world.volume("v" + each, "n1", 4 * GIB, Placement.FOLLOW));
        world.evacuate(true);

        world.begin();
        assertThat(world.homes().stream().filter(home -> !home.equals("n1"))).hasSize(Evacuations.MOVES_AT_ONCE);
        world.look();
        assertThat(world.homes().stream().filter(home -> !home.equals("n1")))
                .as("none of them is hydrated yet")
                .hasSize(Evacuations.MOVES_AT_ONCE);

        for (int round = 0; round < 10; round++) {
            world.hydrateAll();
            world.look();
        }
        assertThat(world.homes()).doesNotContain("n1");
        assertThat(List.of("n2", "n3", "n4"))
                .allSatisfy(node -> assertThat(
                                world.homes().stream().filter(node::equals).count())
                        .isPositive());
    }

    @Test
    void whatIsOnItsWayToANodeIsNoRoomThere() {
        EvacuationWorld world = new EvacuationWorld("n1");
        world.registry.addNode("n2", 5 * GIB, "True", "dm-clone");
        String large = world.volume("large", "n1", 3 * GIB, Placement.FOLLOW);
        String small = world.volume("small");
        world.evacuate(true);

        Evacuation begun = world.begin();
        assertThat(begun.reason()).isEqualTo("Moving");
        assertThat(begun.message())
                .contains("moving: apps/large (to node n2)")
                .contains("no other node can take: apps/small (node n2 has 0 bytes free when")
                .as("the pool of 100 GiB keeps 2 of its 5 free");
        world.hydrateAll();
        // The fake pool does not fill by itself.
        world.registry.addNode("n2", 2 * GIB, "True", "dm-clone");
        Evacuation full = world.look();
        assertThat(full.reason()).isEqualTo("NoRoom");
        assertThat(full.message()).contains("1 left with " + GIB + " bytes");
        assertThat(List.of(world.home(large), world.home(small))).containsExactly("n2", "n1");
    }

    @Test
    void membersOfAStatefulSetGoOneAtATime() {
        EvacuationWorld world = new EvacuationWorld("n1", "n2", "n3");
        world.sets.add(new ClaimSet("apps", "db", List.of("data", "log")));
        Stream.of("data-db-0", "log-db-0", "data-db-1", "data-db-x", "data-dbs-0")
                .forEach(world::volume);
        String elsewhere = world.volume("data-db-2", "n3", GIB, Placement.FOLLOW);
        world.evacuate(true);

        world.begin();
        assertThat(atHome(world)).as("of one member only").contains("db-1").doesNotContain("db-x", "dbs-0");
        assertThat(world.home(Names.volumeId("data-db-0"))).isNotEqualTo("n1").as("a member goes with all it has");
        assertThat(world.home(Names.volumeId("log-db-0"))).isNotEqualTo("n1");
        world.look();
        assertThat(atHome(world)).contains("db-1");

        world.hydrateAll();
        world.registry.attach(elsewhere, "n2", true);
        world.settle();
        world.look();
        assertThat(atHome(world)).as("another member hydrates, for its pod").contains("db-1");
        world.hydrateAll();
        world.look();
        assertThat(atHome(world)).isEmpty();
    }

    private static List<String> atHome(EvacuationWorld world) {
        return world.registry.volumes.findAll().stream()
                .filter(each -> each.spec().home().equals("n1"))
                .map(each -> each.spec().requestName().replaceFirst("^[a-z]+-", ""))
                .toList();
    }

    @Test
    void whatHoldsTheNodeIsSaidByName() {
        EvacuationWorld world = new EvacuationWorld("n1", "n2");
        world.volume("pinned", "n1", GIB, Placement.PINNED);
        String used = world.volume("used");
        world.registry.attach(used, "n1", true);
        world.registry.snapshots.create(
                Names.snapshotId("kept"),
                new SnapshotSpec("kept", used, "n1", "fast", false, null, DesiredState.PRESENT));
        world.registry.setInventory("n1", List.of(new HeldVolume(used, 1), new HeldVolume("v-lost", 7)));
        world.evacuate(true);

        Evacuation held = world.begin();
        assertThat(held.reason()).as("the snapshot goes").isEqualTo("Moving");
        assertThat(held.message())
                .contains("4 left with " + 3 * GIB + " bytes")
                .contains("in use: apps/used (by a pod on node n1)")
                .contains("pinned to this node: apps/pinned")
                .contains("moving: " + Names.snapshotId("kept") + " of apps/used (to node n2")
                .contains("copies on the node that no object knows: v-lost of epoch 7");

        world.registry.setAlive("n1", false);
        assertThat(world.look().reason()).isEqualTo("NodeAway");
    }

    @Test
    void aVolumeIsNotIdleWhileItsPodMayBeOnItsWay() {
        EvacuationWorld world = new EvacuationWorld("n1", "n2", "n3");
        String id = world.volume("data");
        world.registry.attach(id, "n1", true);
        world.evacuate(true);
        world.begin();
        world.registry.attach(id, "n1", false);
        world.evacuations.advance("n1");
        world.clock.pass(Evacuations.IDLE.minusSeconds(1));
        world.evacuations.advance("n1");
        world.settle();
        assertThat(world.home(id)).isEqualTo("n1");

        world.registry.attach(id, "n3", true);
        world.settle();
        assertThat(world.home(id)).as("where its pod is").isEqualTo("n3");
    }

    @Test
    void aPodThatComesWinsAsLongAsTheOldHomeHasNotAgreed() {
        for (String node : List.of("n1", "n2", "n3")) {
            EvacuationWorld world = asked();
            String id = Names.volumeId("data");
            world.registry.attach(id, node, true);
            world.settle();
            assertThat(world.operations.moves().answer(id, node).message())
                    .as("a wish of node %s", node)
                    .contains(id);

            world.registry.nodes.away.clear();
            world.settle();
            assertThat(world.home(id)).isEqualTo(node);
            assertThat(world.spec(id).target()).isNull();
            assertThat(world.spec(id).epoch()).isEqualTo(node.equals("n1") ? 1 : 2);
            assertThat(world.begin().done()).isFalse();
        }
    }

    @Test
    void aPodThatComesAfterTheConsentGetsTheVolumeByAnotherMove() {
        EvacuationWorld world = asked();
        String id = Names.volumeId("data");
        world.registry.nodes.away.clear();
        world.nodesAct();
        world.registry.attach(id, "n3", true);
        world.settle();

        assertThat(world.home(id)).isEqualTo("n3");
        assertThat(world.spec(id).epoch()).isEqualTo(3);
        assertThat(world.begin().message())
                .as("read through n2")
                .contains("still read by copies on other nodes: apps/data");
        world.hydrateAll();
        assertThat(world.look().done()).isTrue();
    }

    @Test
    void whyAHomeDoesNotGiveAVolumeUpIsSaid() {
        EvacuationWorld world = asked();
        String export = Names.export(Names.volumeId("data"), 2);
        world.registry.exports.report(
                export,
                new ExportStatus(
                        ServedPhase.PENDING,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        "InUse",
                        "still open here"));
        assertThat(world.look().message()).contains("moving: apps/data (to node n2: still open here)");
    }

    /** A volume that is to leave n1 for n2, and a home that has not heard of it. */
    private static EvacuationWorld asked() {
        EvacuationWorld world = new EvacuationWorld("n1", "n2", "n3");
        String id = world.volume("data");
        world.evacuate(true);
        world.registry.nodes.away.add("n1");
        world.begin();
        assertThat(world.spec(id).target()).isEqualTo("n2");
        return world;
    }

    @Test
    void anEvacuationThatEndsTakesBackWhatWasNotAgreed() {
        EvacuationWorld world = asked();
        world.evacuate(false);
        world.settle();
        world.registry.nodes.away.clear();
        world.settle();

        String id = Names.volumeId("data");
        assertThat(world.home(id)).isEqualTo("n1");
        assertThat(world.spec(id).target()).isNull();
        assertThat(world.registry.exports.findAll()).isEmpty();
    }

    @Test
    void anEvacuationThatEndsTooLateLetsTheMoveEnd() {
        EvacuationWorld world = asked();
        world.registry.nodes.away.clear();
        world.nodesAct();
        world.evacuate(false);
        world.settle();

        assertThat(world.home(Names.volumeId("data"))).isEqualTo("n2");
    }

    @Test
    void aTargetThatBecomesUnfitBeforeTheConsentIsReplaced() {
        EvacuationWorld world = asked();
        world.registry.setAlive("n2", false);
        world.settle();
        world.registry.nodes.away.clear();
        world.settle();
        assertThat(world.home(Names.volumeId("data"))).isEqualTo("n1");

        world.begin();
        assertThat(world.home(Names.volumeId("data"))).isEqualTo("n3");
    }

    @Test
    void nothingIsFoundEmptyBeforeThoseWhoDidNotKnowHaveWritten() {
        EvacuationWorld world = new EvacuationWorld("n1", "n2");
        world.evacuate(true);
        assertThat(world.evacuations.advance("n1").reason()).isEqualTo("Confirming");
        world.clock.pass(Evacuations.CONFIRMED);
        assertThat(world.evacuations.advance("n1").done()).isTrue();

        world.volume("late");
        assertThat(world.evacuations.advance("n1").done()).isFalse();
    }

    @Test
    void aCloneThatStillReadsFromTheNodeHoldsIt() {
        EvacuationWorld world = new EvacuationWorld("n1", "n2");
        String source = world.volume("source");
        Volumes.create(
                world.operations,
                "clone",
                "n2",
                Placement.PINNED,
                new Source.Reference(OriginKind.VOLUME, source),
                null);
        world.evacuate(true);

        world.begin();
        world.registry.nodes.hydrate(source);
        world.settle();
        Evacuation waiting = world.look();
        assertThat(world.home(source)).isEqualTo("n2");
        assertThat(waiting.reason()).isEqualTo("Moving");
        assertThat(waiting.message())
                .contains(Names.volumeId("clone"))
                .contains(Names.cloneSnapshotId(Names.volumeId("clone")) + " of apps/source");

        world.hydrateAll();
        assertThat(world.look().done()).isTrue();
    }
}
