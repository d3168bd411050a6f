package dev.sluice.controller.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.AttachmentState;
import dev.sluice.api.ClaimReference;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.controller.fake.FakeRegistry.Crash;
import dev.sluice.controller.fake.TestOperations;
import dev.sluice.controller.fake.Volumes;
import dev.sluice.names.Names;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Volumes that follow their pods. The fake nodes fail a test as soon as two of them have one volume open. */
class MovePlanTest {
    private static final String VOLUME = Names.volumeId("data");
    private static final int MORE_THAN_ALL_WRITES = 40;

    private static final class World {
        final FakeRegistry registry = new FakeRegistry();
        final Operations operations = TestOperations.over(registry.asRegistry());

        World() {
            Stream.of("n1", "n2", "n3", "n4", "n5", "n6").forEach(registry::addNode);
            ClaimReference claim = new ClaimReference("default", "data", "pv-data");
            Volumes.create(operations, "data", "n1", Placement.FOLLOW, null, claim);
            registry.attach(VOLUME, "n1", true);
        }

        void leave(String node) {
            registry.attach(VOLUME, node, false);
        }

        void want(String node) {
            registry.attach(VOLUME, node, true);
        }

        /** Pods are given these nodes, and have not asked there. */
        void expect(String... nodes) {
            registry.expect(VOLUME, nodes);
        }

        void hydrate() {
            registry.nodes.hydrate(VOLUME);
        }

        void delete() {
            operations.removal().delete(VOLUME, Deadline.in(Duration.ofSeconds(5)));
        }

        void settle() {
            long before;
            do {
                before = registry.changes();
                registry.volumes.await("none", seen -> true, Duration.ZERO);
                registry.volumes.findAll().forEach(each -> reconcile(operations.families(), each.key()));
                requireSettledHasNothingToDo();
            } while (before != registry.changes());
        }

        private void requireSettledHasNothingToDo() {
            for (Stored<VolumeSpec, VolumeStatus> each : registry.volumes.findAll()) {
                long before = registry.changes();
                if (operations.families().isSettled(each.key())
                        && operations.families().isMoveSettled(each.key())) {
                    operations.families().advance(each.key());
                    assertThat(registry.changes()).isEqualTo(before);
                }
            }
        }

        Stored<VolumeSpec, VolumeStatus> volume() {
            return registry.volumes.find(VOLUME).orElseThrow();
        }

        @Nullable String reason(String node) {
            return operations.moves().answer(VOLUME, node).reason();
        }
    }

    /** As the reconciler does, which looks at what its watches have before it looks at what is there. */
    static void reconcile(Families families, String volume) {
        families.advance(volume, families);
    }

    private record Life(String name, List<Consumer<World>> chapters) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Life> lives() {
        Consumer<World> toSecond = world -> {
            world.leave("n1");
            world.want("n2");
        };
        Consumer<World> toThird = world -> {
            world.leave("n2");
            world.want("n3");
        };
        Consumer<World> home = world -> {
            world.leave("n2");
            world.want("n1");
        };
        Consumer<World> cancel = world -> {
            world.registry.nodes.away.add("n1");
            world.settle();
            world.leave("n2");
        };
        Consumer<World> back = world -> world.registry.nodes.away.clear();
        return Stream.of(
                new Life("moved", List.of(toSecond)),
                new Life("moved, hydrated", List.of(toSecond, World::hydrate)),
                new Life(
                        "moved to where its pod was to start, before it asked",
                        List.of(
                                world -> {
                                    world.leave("n1");
                                    world.expect("n2");
                                },
                                world -> {
                                    world.want("n2");
                                    world.expect();
                                })),
                new Life("moved, deleted", List.of(toSecond, world -> world.leave("n2"), World::delete)),
                new Life("moved twice", List.of(toSecond, toThird)),
                new Life("moved twice, hydrated", List.of(toSecond, toThird, World::hydrate)),
                new Life("moved twice, deleted", List.of(toSecond, toThird, world -> world.leave("n3"), World::delete)),
                new Life("moved, and home again", List.of(toSecond, home)),
                new Life("moved, home again, hydrated", List.of(toSecond, home, World::hydrate)),
                new Life(
                        "moved, home again, deleted",
                        List.of(toSecond, home, world -> world.leave("n1"), World::delete)),
                new Life(
                        "moved, home again and away again, hydrated",
                        List.of(toSecond, home, toSecond, World::hydrate)),
                new Life("moved, hydrated, and home again", List.of(toSecond, World::hydrate, home)),
                new Life(
                        "wanted elsewhere while the home is away, and not any more",
                        List.of(world -> world.leave("n1"), world -> world.want("n2"), cancel, back)),
                new Life(
                        "wanted elsewhere while the home is away, and then at home again",
                        List.of(
                                world -> world.registry.nodes.away.add("n1"),
                                toSecond,
                                world -> world.want("n1"),
                                back)),
                new Life(
                        "wanted on a node that dies before the home agreed, and then on a third",
                        List.of(
                                world -> world.registry.nodes.away.add("n1"),
                                toSecond,
                                world -> world.registry.setAlive("n2", false),
                                world -> world.want("n3"),
                                back)),
                new Life(
                        "deleted while it moves",
                        List.of(
                                world -> world.registry.nodes.away.add("n1"),
                                toSecond,
                                world -> world.leave("n2"),
                                back,
                                World::delete)));
    }

    @ParameterizedTest
    @MethodSource("lives")
    void aCrashAfterAnyWriteChangesNothingInTheEnd(Life life) {
        String expected = live(life, MORE_THAN_ALL_WRITES);
        for (int writes = 0; writes < MORE_THAN_ALL_WRITES; writes++) {
            assertThat(live(life, writes)).as("crash after %d writes", writes).isEqualTo(expected);
        }
    }

    private static String live(Life life, int writes) {
        World world = new World();
        world.registry.crashAfter(writes);
        for (Consumer<World> chapter : life.chapters()) {
            untilDone(world, () -> chapter.accept(world));
            untilDone(world, world::settle);
        }
        return world.registry.endState();
    }

    private static void untilDone(World world, Runnable action) {
        try {
            action.run();
        } catch (Crash crash) {
            world.registry.crashAfter(Integer.MAX_VALUE);
            action.run();
        }
    }

    @Test
    void aVolumeFollowsItsPodAndHydratesFromTheNodeItLeft() {
        World world = new World();
        world.leave("n1");
        world.want("n2");
        world.settle();

        VolumeSpec spec = world.volume().spec();
        assertThat(spec.home()).isEqualTo("n2");
        assertThat(spec.target()).isNull();
        assertThat(spec.epoch()).isEqualTo(2);
        assertThat(spec.origin()).isEqualTo(new Origin(OriginKind.NODE, "n1", "n1", null, 1L << 30));
        assertThat(world.operations.moves().answer(VOLUME, "n2").state()).isEqualTo(AttachmentState.GRANTED);
        assertThat(world.registry.nodes.isOnlyOn(VOLUME, "n2")).isFalse();

        world.hydrate();
        world.settle();

        assertThat(world.registry.nodes.isOnlyOn(VOLUME, "n2")).isTrue();
        assertThat(world.registry.exports.findAll()).isEmpty();
    }

    @Test
    void aVolumeComesBeforeItIsAskedForToWhereItsPodIsToStart() {
        World world = new World();
        world.expect("n2");
        world.settle();
        assertThat(world.volume().spec().target()).as("still used at home").isNull();

        world.leave("n1");
        world.settle();
        assertThat(world.volume().spec().home()).isEqualTo("n2");

        world.want("n2");
        world.expect();
        world.settle();
        assertThat(world.volume().spec().epoch()).isEqualTo(2);
        assertThat(world.operations.moves().answer(VOLUME, "n2").state()).isEqualTo(AttachmentState.GRANTED);
    }

    @Test
    void aPodThatEndsBeforeItAskedTakesTheMoveBack() {
        World world = new World();
        world.registry.nodes.away.add("n1");
        world.leave("n1");
        world.expect("n2");
        world.settle();
        assertThat(world.volume().spec().target()).isEqualTo("n2");

        world.expect();
        world.settle();
        world.registry.nodes.away.clear();
        world.settle();
        assertThat(world.volume().spec().target()).isNull();
        assertThat(world.volume().spec().home()).isEqualTo("n1");
        assertThat(world.registry.exports.findAll()).isEmpty();
    }

    @Test
    void aPodThatHasNotAskedStandsInNobodysWay() {
        World world = new World();
        world.registry.nodes.away.add("n1");
        world.leave("n1");
        world.expect("n2");
        world.settle();
        world.want("n3");
        world.settle();
        assertThat(world.operations.moves().answer(VOLUME, "n3").message())
                .isEqualTo("volume " + VOLUME + " is moving to node n2, for a pod that was to start there");

        world.registry.nodes.away.clear();
        world.settle();
        assertThat(world.volume().spec().home()).isEqualTo("n3");
        assertThat(world.volume().spec().epoch()).isEqualTo(2);
    }

    @Test
    void aPodThatIsToStartAtHomeKeepsTheVolumeThere() {
        World world = new World();
        world.leave("n1");
        world.expect("n1", "n2");
        world.settle();
        assertThat(world.volume().spec().target()).isNull();
        assertThat(world.volume().spec().home()).isEqualTo("n1");
    }

    @Test
    void whileItsHomeUsesItAVolumeStaysAndSaysSo() {
        World world = new World();
        world.want("n2");
        world.settle();

        assertThat(world.volume().spec().home()).isEqualTo("n1");
        assertThat(world.volume().spec().target()).isNull();
        assertThat(world.reason("n2")).isEqualTo("InUse");

        world.registry.setAlive("n1", false);
        assertThat(world.operations.moves().answer(VOLUME, "n2").message())
                .contains("in use on node n1")
                .contains("the only copy is there");
    }

    @Test
    void aPinnedOrUnfitOrFullTargetLeavesEverythingAsItWas() {
        World world = new World();
        world.registry.addNode("full", 1 << 20, "True", "dm-clone");
        world.registry.addNode("bare", FakeRegistry.POOL_BYTES, "True", null);
        world.leave("n1");
        for (String node : List.of("full", "bare", "unknown")) {
            world.want(node);
            world.settle();
            assertThat(world.reason(node)).isEqualTo(node.equals("full") ? "NoSpace" : "Unfit");
            assertThat(world.volume().spec().target()).isNull();
            assertThat(world.registry.exports.findAll()).isEmpty();
            world.leave(node);
        }
    }

    @Test
    void aMoveIsTakenBackOnlyBeforeTheOldHomeAgreed() {
        World world = new World();
        world.registry.nodes.away.add("n1");
        world.leave("n1");
        world.want("n2");
        world.settle();
        assertThat(world.volume().spec().target()).isEqualTo("n2");

        world.leave("n2");
        world.settle();
        assertThat(world.volume().spec().target()).as("n1 has not answered yet").isEqualTo("n2");

        world.registry.nodes.away.clear();
        world.settle();
        assertThat(world.volume().spec().target()).isNull();
        assertThat(world.volume().spec().home()).isEqualTo("n1");
        assertThat(world.registry.exports.findAll()).isEmpty();
    }

    @Test
    void aPodThatIsBackBeforeItsHomeAgreedHasTheVolumeAtOnce() {
        World world = new World();
        world.registry.nodes.away.add("n1");
        world.leave("n1");
        world.want("n2");
        world.settle();
        world.want("n1");
        world.settle();
        assertThat(world.reason("n1")).isEqualTo("Moving");

        world.registry.nodes.away.clear();
        world.settle();
        assertThat(world.volume().spec().home()).isEqualTo("n1");
        assertThat(world.volume().spec().target()).isNull();
        assertThat(world.operations.moves().answer(VOLUME, "n1").state()).isEqualTo(AttachmentState.GRANTED);
        assertThat(world.reason("n2")).isEqualTo("InUse");
        assertThat(world.registry.exports.findAll()).isEmpty();
    }

    @Test
    void aTargetThatDiesBeforeTheHomeAgreedMakesWayForAnother() {
        World world = new World();
        world.registry.nodes.away.add("n1");
        world.leave("n1");
        world.want("n2");
        world.settle();
        world.registry.setAlive("n2", false);
        world.want("n3");
        world.settle();

        world.registry.nodes.away.clear();
        world.settle();
        assertThat(world.volume().spec().home()).isEqualTo("n3");
        assertThat(world.volume().spec().epoch()).isEqualTo(2);
        assertThat(world.reason("n2")).isEqualTo("InUse");
    }

    /** Nobody takes back what a node asked for that is away. */
    @Test
    void aNodeThatCannotHaveTheVolumeDoesNotStandInTheWay() {
        World world = new World();
        world.registry.addNode("full", 1 << 20, "True", "dm-clone");
        world.leave("n1");
        world.registry.setAlive("n2", false);
        world.want("n2");
        world.want("full");
        world.want("n3");
        world.settle();

        assertThat(world.volume().spec().home()).isEqualTo("n3");
    }

    @Test
    void aTargetThatDiesAfterTheHomeAgreedIsWaitedFor() {
        World world = new World();
        world.leave("n1");
        world.want("n2");
        world.registry.nodes.away.add("n2");
        world.settle();
        assertThat(world.volume().spec().home()).isEqualTo("n2");
        world.registry.setAlive("n2", false);
        world.leave("n2");
        world.want("n1");
        world.settle();
        assertThat(world.reason("n1")).isEqualTo("NotMade");
        assertThat(world.volume().spec().target()).isNull();

        world.registry.nodes.away.clear();
        world.registry.setAlive("n2", true);
        world.settle();
        assertThat(world.volume().spec().home()).as("by another move").isEqualTo("n1");
        assertThat(world.volume().spec().epoch()).isEqualTo(3);
        world.hydrate();
        world.settle();
        assertThat(world.registry.nodes.isOnlyOn(VOLUME, "n1")).isTrue();
    }

    @Test
    void aCopyThatWasGivenUpIsNeverTakenBackEvenWhenNobodyWantsItAnyMore() {
        World world = new World();
        world.leave("n1");
        world.want("n2");
        // Ordered, and given up by n1; the controller has not seen that yet when the pod goes.
        world.operations.families().advance(VOLUME);
        world.registry.volumes.await("none", seen -> true, Duration.ZERO);
        world.leave("n2");
        world.settle();

        assertThat(world.volume().spec().home()).isEqualTo("n2");
        assertThat(world.volume().spec().epoch()).isEqualTo(2);
    }

    @Test
    void aVolumeThatIsDeletedJustAfterItsHomeGaveItUpLeavesNothing() {
        World world = new World();
        world.leave("n1");
        world.want("n2");
        world.operations.families().advance(VOLUME);
        world.registry.volumes.await("none", seen -> true, Duration.ZERO);
        world.leave("n2");
        world.registry.volumes.change(VOLUME, spec -> spec.withState(DesiredState.ABSENT));
        world.settle();

        assertThat(world.registry.volumes.findAll()).isEmpty();
        assertThat(world.registry.exports.findAll()).isEmpty();
    }

    @Test
    void aReleaseThatComesAfterTheConsentIsTakenBack() {
        World world = new World();
        world.leave("n1");
        world.want("n2");
        world.operations.families().advance(VOLUME);
        String export = Names.export(VOLUME, 2);
        world.registry.volumes.await("none", seen -> true, Duration.ZERO);
        world.registry.exports.change(export, spec -> spec.withState(DesiredState.ABSENT));
        world.settle();

        assertThat(world.volume().spec().home()).isEqualTo("n2");
        assertThat(world.registry.exports.find(export).orElseThrow().spec().state())
                .isEqualTo(DesiredState.PRESENT);
    }

    @Test
    void aVolumeThatComesHomeBeforeItIsHydratedLeavesNothingBehind() {
        World world = new World();
        List.of("n1", "n2", "n1").forEach(node -> {
            world.leave(world.volume().spec().home());
            world.want(node);
            world.settle();
        });
        assertThat(world.volume().spec().home()).isEqualTo("n1");
        assertThat(world.volume().spec().epoch()).isEqualTo(3);
        assertThat(world.registry.exports.findAll()).hasSize(2);
        assertThat(world.registry.nodes.isOnlyOn(VOLUME, "n1")).isFalse();

        world.hydrate();
        world.settle();
        assertThat(world.registry.nodes.isOnlyOn(VOLUME, "n1")).isTrue();
        assertThat(world.registry.exports.findAll()).isEmpty();
    }

    @Test
    void aChainEndsAtItsDepthUntilItIsHydrated() {
        World world = new World();
        for (int node = 1; node <= MovePlan.DEPTH; node++) {
            world.leave("n" + node);
            world.want("n" + (node + 1));
            world.settle();
        }
        assertThat(world.volume().spec().home()).isEqualTo("n5");

        world.leave("n5");
        world.want("n6");
        world.settle();
        assertThat(world.reason("n6")).isEqualTo("ChainTooLong");
        world.leave("n6");
        world.want("n2");
        assertThat(world.reason("n2")).isEqualTo("ChainTooLong");

        world.hydrate();
        world.settle();
        assertThat(world.volume().spec().home()).isEqualTo("n2");
        world.hydrate();
        world.settle();
        assertThat(world.registry.nodes.isOnlyOn(VOLUME, "n2")).isTrue();
    }
}
