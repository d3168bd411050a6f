package dev.sluice.controller.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.OriginKind;
import dev.sluice.api.VolumeMode;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.controller.fake.FakeRegistry.Crash;
import dev.sluice.names.Names;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
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
    private static final int MORE_THAN_ALL_WRITES = 60;

    /** One life of volumes, of which every part may be repeated. */
    private record Life(String name, List<Consumer<World>> chapters) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final class World {
        final FakeRegistry registry = new FakeRegistry();
        final Operations operations = Operations.over(registry.asRegistry());

        World() {
            registry.addNode("n1");
            registry.addNode("n2");
            registry.claims.put("default/clone", "claim-uid");
            create("source", "n1", null, null);
        }

        void create(String name, String node, Source.@Nullable Reference source, @Nullable ClaimReference claim) {
            operations
                    .creation()
                    .create(
                            new VolumeRequest(
                                    name,
                                    SizeRange.ANY,
                                    VolumeMode.FILESYSTEM,
                                    null,
                                    null,
                                    HydrationSettings.DEFAULT,
                                    source,
                                    claim,
                                    new Topology(List.of(Map.of(Names.TOPOLOGY_NODE, node)), List.of()),
                                    null),
                            Deadline.in(Duration.ofSeconds(5)));
        }

        void delete(String id) {
            operations.removal().delete(id, Deadline.in(Duration.ofSeconds(5)));
        }

        void snapshot() {
            operations.snapshots().create("snap", SOURCE, Deadline.in(Duration.ofSeconds(5)));
        }

        /** What events would bring about. */
        void settle() {
            long before;
            do {
                before = registry.changes();
                registry.volumes.await("none", seen -> true, Duration.ZERO);
                registry.volumes.findAll().forEach(each -> operations.families().advance(each.key()));
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
                                world -> world.operations
                                        .snapshots()
                                        .delete(Names.snapshotId("snap"), Deadline.in(Duration.ofSeconds(5))))));
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

    @Test
    void aDeletedHydrationIsMadeAgainWithTheSameBudget() {
        World world = new World();
        world.create("clone", "n2", new Source.Reference(OriginKind.VOLUME, SOURCE), CLAIM);
        world.operations.changes().modify(CLONE, new VolumeChanges.Tuning(7L, 3));
        world.settle();
        world.registry.hydrations.forget(
                world.registry.hydrations.find("default/clone").orElseThrow());

        world.settle();

        var spec = world.registry.hydrations.find("default/clone").orElseThrow().spec();
        assertThat(spec.maxBytesPerSecond()).isEqualTo(7L);
        assertThat(spec.priority()).isEqualTo(3);
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
