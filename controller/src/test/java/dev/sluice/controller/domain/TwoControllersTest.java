package dev.sluice.controller.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.DesiredState;
import dev.sluice.api.Placement;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.VolumeRecovery;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.controller.fake.Interleaved;
import dev.sluice.controller.fake.TestClock;
import dev.sluice.controller.fake.TestOperations;
import dev.sluice.controller.fake.Volumes;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * For a moment two replicas lead. Whatever one sees may be changed by the other, and by the nodes, before it writes. The fake nodes fail a
 * test as soon as two have one volume open, or one obeys an order that another contradicts.
 */
class TwoControllersTest {
    private static final String VOLUME = Names.volumeId("data");
    private static final String SNAPSHOT = Names.snapshotId("before");
    private static final int SEEDS = 40;

    private static final class World {
        final FakeRegistry registry = new FakeRegistry();
        final TestClock clock = new TestClock();
        final Operations other = TestOperations.over(registry.asRegistry(), clock);
        final Operations one;
        private final Evacuations evacuations;
        private final Evacuations otherEvacuations;
        private final IntPredicate interrupted;
        private int looks;
        private boolean otherActs;

        /** @param interrupted before which of its looks and writes the one is overtaken by the other */
        World(IntPredicate interrupted) {
            this.interrupted = interrupted;
            Stream.of("n1", "n2", "n3").forEach(registry::addNode);
            Registry shared = Interleaved.registry(registry.asRegistry(), this::interrupt);
            one = TestOperations.over(shared, clock);
            evacuations = new Evacuations(shared, one, List::of, 1, clock);
            otherEvacuations = new Evacuations(registry.asRegistry(), other, List::of, 1, clock);
            Volumes.create(other, "data", "n1", Placement.FOLLOW);
            registry.snapshots.create(
                    SNAPSHOT, new SnapshotSpec("s", VOLUME, "n1", "fast", false, null, DesiredState.PRESENT));
            registry.attach(VOLUME, "n1", true);
        }

        private void interrupt() {
            if (!otherActs && interrupted.test(looks++)) {
                otherActs = true;
                nodesAct();
                act(other, otherEvacuations);
                nodesAct();
                otherActs = false;
            }
        }

        private void nodesAct() {
            registry.volumes.await("none", seen -> true, Duration.ZERO);
        }

        private void act(Operations operations, Evacuations evacuation) {
            registry.volumes.findAll().forEach(each -> MovePlanTest.reconcile(operations.families(), each.key()));
            if (registry.find("n1").orElseThrow().evacuating()) {
                try {
                    evacuation.advance("n1");
                } catch (SluiceException e) {
                    assertThat(e.kind()).isEqualTo(ErrorKind.BUSY);
                }
            }
        }

        void settle() {
            long before;
            do {
                before = registry.changes();
                nodesAct();
                act(one, evacuations);
            } while (before != registry.changes());
        }

        void goTo(String node) {
            registry.volumes
                    .find(VOLUME)
                    .ifPresent(volume -> registry.attach(VOLUME, volume.spec().home(), false));
            registry.attach(VOLUME, node, true);
        }

        void evacuate() {
            registry.attach(VOLUME, "n1", false);
            registry.setEvacuating("n1", true);
            for (int look = 0; look < 3; look++) {
                clock.pass(Evacuations.IDLE);
                settle();
            }
        }

        void recover() {
            registry.nodes.away.add("n2");
            registry.setAlive("n2", false);
            registry.volumes.change(
                    VOLUME,
                    spec -> spec.withRecovery(new VolumeRecovery(
                            spec.home() + "@" + spec.epoch(), SNAPSHOT, "a test", null, null, null, null)));
        }

        void delete() {
            registry.attachments.clear();
            registry.volumes.change(VOLUME, spec -> spec.withState(DesiredState.ABSENT));
        }
    }

    private record Life(String name, List<Consumer<World>> chapters) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Life> lives() {
        Consumer<World> second = world -> world.goTo("n2");
        Consumer<World> third = world -> world.goTo("n3");
        Consumer<World> home = world -> world.goTo("n1");
        Consumer<World> hydrated = world -> world.registry.nodes.hydrate(VOLUME);
        Consumer<World> homeAway = world -> world.registry.nodes.away.add("n1");
        Consumer<World> homeBack = world -> world.registry.nodes.away.clear();
        return Stream.of(
                new Life("moved", List.of(second, hydrated)),
                new Life("moved twice and home again", List.of(second, third, home, hydrated)),
                new Life(
                        "wanted and not any more",
                        List.of(homeAway, second, world -> world.registry.attach(VOLUME, "n2", false), homeBack)),
                new Life("wanted, and at home again", List.of(homeAway, second, home, homeBack)),
                new Life("moved and deleted", List.of(second, World::delete)),
                new Life("deleted while it moves", List.of(homeAway, second, World::delete, homeBack)),
                new Life("evacuated", List.of(World::evacuate, hydrated)),
                new Life("given up by order", List.of(second, hydrated, World::recover)));
    }

    private static String live(Life life, World world) {
        for (Consumer<World> chapter : life.chapters()) {
            chapter.accept(world);
            world.settle();
        }
        return world.registry.endState();
    }

    @ParameterizedTest
    @MethodSource("lives")
    void oneOvertakenByTheOtherAtAnyMomentEndsAsIfItWereAlone(Life life) {
        World alone = new World(look -> false);
        String expected = live(life, alone);
        for (int moment = 0; moment <= alone.looks; moment++) {
            int when = moment;
            assertThat(live(life, new World(look -> look == when)))
                    .as("overtaken before its look %d", moment)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("lives")
    void bothAtWorkAllTheTimeEndAsOneAlone(Life life) {
        String expected = live(life, new World(look -> false));
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            assertThat(live(life, new World(look -> random.nextInt(3) == 0)))
                    .as("seed %d", seed)
                    .isEqualTo(expected);
        }
    }
}
