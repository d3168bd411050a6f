package dev.sluice.controller.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.controller.fake.FakeRegistry.Crash;
import dev.sluice.controller.fake.TestOperations;
import dev.sluice.controller.fake.Volumes;
import dev.sluice.names.Names;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The controller is killed after each single write, and started again: the end is the same. */
class VolumePlanTest {
    private static final ClaimReference CLAIM = new ClaimReference("default", "clone", "pvc-clone");
    private static final String SOURCE = Names.volumeId("source");
    private static final String CLONE = Names.volumeId("clone");
    private static final String CLONE_OF_SNAPSHOT = Names.volumeId("restored");
    private static final Source.Reference EARLY = new Source.Reference(OriginKind.SNAPSHOT, Names.snapshotId("early"));
    private static final Source.Reference CLONE_SOURCE = new Source.Reference(OriginKind.VOLUME, CLONE);
    private static final int MORE_THAN_ALL_WRITES = 90;

    /** One life of volumes, of which every part may be repeated. */
    private record Life(String name, List<Consumer<World>> chapters) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final class World {
        final FakeRegistry registry = new FakeRegistry();
        final Operations operations = TestOperations.over(registry.asRegistry());

        World() {
            registry.addNode("n1");
            registry.addNode("n2");
            registry.addNode("n3");
            registry.claims.put("default/clone", "claim-uid");
            create("source", "n1", null, null);
        }

        void create(String name, String node, Source.@Nullable Reference source, @Nullable ClaimReference claim) {
            Volumes.create(operations, name, node, Placement.PINNED, source, claim);
        }

        void delete(String id) {
            operations.removal().delete(id, Deadline.in(Duration.ofSeconds(5)));
        }

        void snapshot() {
            snapshot("snap", SOURCE);
        }

        void snapshot(String name, String volume) {
            operations.snapshots().create(name, volume, Deadline.in(Duration.ofSeconds(5)));
        }

        void deleteSnapshot(String name) {
            operations.snapshots().delete(Names.snapshotId(name), Deadline.in(Duration.ofSeconds(5)));
        }

        /** What events would bring about. */
        void settle() {
            long before;
            do {
                before = registry.changes();
                registry.volumes.await("none", seen -> true, Duration.ZERO);
                registry.volumes.findAll().forEach(each -> operations.families().advance(each.key()));
                registry.snapshots
                        .findAll()
                        .forEach(each -> operations.snapshots().advance(each.key()));
            } while (before != registry.changes());
        }
    }

    static Stream<Life> lives() {
        Source.Reference volume = new Source.Reference(OriginKind.VOLUME, SOURCE);
        Source.Reference snapshot = new Source.Reference(OriginKind.SNAPSHOT, Names.snapshotId("snap"));
        Consumer<World> cloneAway = world -> world.create("clone", "n2", volume, CLAIM);
        Consumer<World> cloneHere = world -> world.create("clone", "n1", volume, CLAIM);
        Consumer<World> restore = world -> world.create("restored", "n2", snapshot, null);
        Consumer<World> hydrate = world -> world.registry.nodes.hydrate(CLONE);
        Consumer<World> deleteClone = world -> world.delete(CLONE);
        return Stream.of(
                new Life("clone on another node", List.of(cloneAway)),
                new Life("clone on the same node", List.of(cloneHere)),
                new Life("clone, hydrated", List.of(cloneAway, hydrate)),
                new Life("clone, deleted while it hydrates", List.of(cloneAway, deleteClone)),
                new Life("clone, hydrated, deleted", List.of(cloneAway, hydrate, deleteClone)),
                new Life("source deleted first", List.of(cloneAway, world -> world.delete(SOURCE), deleteClone)),
                new Life("restore from a snapshot", List.of(World::snapshot, restore)),
                new Life(
                        "restore, both deleted",
                        List.of(
                                World::snapshot,
                                restore,
                                world -> world.delete(CLONE_OF_SNAPSHOT),
                                world -> world.deleteSnapshot("snap"))),
                new Life(
                        "a clone that hydrates is snapshotted, restored here and away, and cloned away; it goes first",
                        List.of(
                                cloneAway,
                                world -> world.snapshot("early", CLONE),
                                world -> world.create("here", "n2", EARLY, null),
                                world -> world.create("away", "n3", EARLY, null),
                                world -> world.create("again", "n3", CLONE_SOURCE, null),
                                deleteClone,
                                world -> world.registry.nodes.hydrate(Names.volumeId("here")),
                                world -> world.delete(Names.volumeId("again")),
                                world -> world.delete(Names.volumeId("away")),
                                world -> world.registry.nodes.hydrateSnapshot(Names.snapshotId("early")))),
                new Life(
                        "a clone that hydrates is snapshotted and cloned beside it; both go before they are whole",
                        List.of(
                                cloneAway,
                                world -> world.snapshot("early", CLONE),
                                world -> world.create("beside", "n2", CLONE_SOURCE, null),
                                hydrate,
                                world -> world.deleteSnapshot("early"),
                                world -> world.delete(Names.volumeId("beside")))));
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
    void aHydratedCloneKeepsNothingOfItsOrigin() {
        World world = new World();
        world.create("clone", "n2", new Source.Reference(OriginKind.VOLUME, SOURCE), CLAIM);
        world.settle();
        assertThat(world.registry.exports.findAll()).hasSize(1);
        assertThat(world.registry.hydrations.find("default/clone").orElseThrow().owner())
                .isEqualTo("claim-uid");

        world.registry.nodes.hydrate(CLONE);
        world.settle();

        assertThat(world.registry.exports.findAll()).isEmpty();
        assertThat(world.registry.snapshots.findAll()).isEmpty();
        assertThat(world.registry.volumes.find(CLONE)).isPresent();
    }

    /** Whatever order they become whole or go in, the origin goes with the last, and not before. */
    @ParameterizedTest
    @MethodSource("endings")
    void anOriginIsHeldUntilEveryCopyOfAHydratingCloneIsWholeOrGone(List<Consumer<World>> ending) {
        World world = new World();
        world.create("clone", "n2", new Source.Reference(OriginKind.VOLUME, SOURCE), CLAIM);
        world.snapshot("early", CLONE);
        world.create("beside", "n2", CLONE_SOURCE, null);
        world.settle();
        String origin = Names.cloneSnapshotId(CLONE);
        assertThat(world.registry.exports.findAll())
                .extracting(each -> each.spec().source())
                .containsExactly(origin, origin, origin);

        for (Consumer<World> each : ending) {
            assertThat(world.registry
                            .snapshots
                            .find(origin)
                            .orElseThrow()
                            .spec()
                            .state())
                    .isEqualTo(DesiredState.PRESENT);
            each.accept(world);
            world.settle();
        }

        assertThat(world.registry.snapshots.find(origin)).isEmpty();
        assertThat(world.registry.exports.findAll()).isEmpty();
        assertThat(world.registry.volumes.findAll())
                .allMatch(each -> each.spec().state() == DesiredState.PRESENT);
    }

    static Stream<List<Consumer<World>>> endings() {
        String beside = Names.volumeId("beside");
        List<List<Consumer<World>>> ways = List.of(
                List.of(world -> world.registry.nodes.hydrate(CLONE), world -> world.delete(CLONE)),
                List.of(
                        world -> world.registry.nodes.hydrateSnapshot(Names.snapshotId("early")),
                        world -> world.deleteSnapshot("early")),
                List.of(world -> world.registry.nodes.hydrate(beside), world -> world.delete(beside)));
        int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
        return Stream.of(orders)
                .flatMap(order -> IntStream.range(0, 1 << order.length)
                        .mapToObj(choices -> IntStream.of(order)
                                .mapToObj(each -> ways.get(each).get(choices >> each & 1))
                                .toList()));
    }

    @Test
    void aUsersSnapshotIsHeldByWhatACopyOfItsCloneNeeds() {
        World world = new World();
        world.snapshot();
        world.create("clone", "n2", new Source.Reference(OriginKind.SNAPSHOT, Names.snapshotId("snap")), CLAIM);
        world.snapshot("early", CLONE);
        world.delete(CLONE);
        world.settle();

        assertThatThrownBy(() -> world.deleteSnapshot("snap"))
                .hasMessageContaining("still feeds snapshot " + Names.snapshotId("early"));

        world.deleteSnapshot("early");
        world.settle();
        world.deleteSnapshot("snap");
        assertThat(world.registry.snapshots.findAll()).isEmpty();
    }

    @Test
    void aSnapshotMayGoOnceWhatWasMadeBesideItIsMade() {
        World world = new World();
        world.create("clone", "n2", new Source.Reference(OriginKind.VOLUME, SOURCE), CLAIM);
        world.snapshot("early", CLONE);
        world.create("here", "n2", EARLY, null);
        world.settle();

        world.deleteSnapshot("early");
        world.settle();

        assertThat(world.registry.snapshots.find(Names.snapshotId("early"))).isEmpty();
        assertThat(world.registry.exports.find(Names.export(Names.volumeId("here"), 1)))
                .isPresent();
    }

    @Test
    void aDeletedHydrationIsMadeAgainWithTheSameBudget() {
        World world = new World();
        world.create("clone", "n2", new Source.Reference(OriginKind.VOLUME, SOURCE), CLAIM);
        world.operations.changes().modify(CLONE, new VolumeChanges.Tuning(7L, null, 60, 3));
        world.settle();
        world.registry.hydrations.forget(
                world.registry.hydrations.find("default/clone").orElseThrow());

        world.settle();

        var spec = world.registry.hydrations.find("default/clone").orElseThrow().spec();
        assertThat(spec.maxBytesPerSecond()).isEqualTo(7L);
        assertThat(spec.priority()).isEqualTo(3);
        HydrationSettings kept =
                world.registry.volumes.find(CLONE).orElseThrow().spec().hydration();
        assertThat(kept.latencyBudget()).isEqualTo(60);
    }

    @Test
    void aUsersWishReachesTheVolume() {
        World world = new World();
        world.create("clone", "n2", new Source.Reference(OriginKind.VOLUME, SOURCE), CLAIM);
        var hydration = world.registry.hydrations.find("default/clone").orElseThrow();
        var spec = hydration.spec();
        world.registry.hydrations.replace(
                hydration,
                new dev.sluice.api.CloneHydrationSpec(
                        spec.volume(), spec.volumeUid(), spec.epoch(), spec.node(), true, 1L << 20, 0));

        world.settle();

        HydrationSettings copied =
                world.registry.volumes.find(CLONE).orElseThrow().spec().hydration();
        assertThat(copied).isEqualTo(new HydrationSettings(true, 1L << 20, 0, null));
    }

    @Test
    void theTombstoneOfAForgottenNodeGoes() {
        World world = new World();
        world.create("clone", "n2", new Source.Reference(OriginKind.VOLUME, SOURCE), CLAIM);
        world.registry.nodes.away.add("n2");
        world.registry.setAlive("n2", false);
        world.delete(CLONE);
        world.settle();
        assertThat(world.registry.volumes.find(CLONE).orElseThrow().spec().state())
                .isEqualTo(DesiredState.ABSENT);

        world.registry.deleteNode("n2");
        world.settle();

        assertThat(world.registry.volumes.find(CLONE)).isEmpty();
        assertThat(world.registry.exports.findAll()).isEmpty();
        assertThat(world.registry.snapshots.findAll()).isEmpty();
    }
}
