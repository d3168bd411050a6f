package dev.sluice.controller.domain.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.Placement;
import dev.sluice.controller.domain.Operations;
import dev.sluice.controller.fake.FakePlacement;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.controller.fake.FakeRegistry.Crash;
import dev.sluice.controller.fake.TestClock;
import dev.sluice.controller.fake.TestOperations;
import dev.sluice.controller.fake.Volumes;
import dev.sluice.names.Names;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A pod comes up where its volume cannot come. */
class PlacementWatchTest {
    private static final String VOLUME = Names.volumeId("data");
    private static final Duration RESCUE_AFTER = Duration.ofSeconds(30);
    private static final Duration TICK = Duration.ofSeconds(10);
    /** Room for something, and not for the volume of a gibibyte. */
    private static final long TOO_LITTLE = FakeRegistry.POOL_BYTES / 50 + (512L << 20);

    private static final class World {
        final FakeRegistry registry = new FakeRegistry();
        final Operations operations = TestOperations.over(registry.asRegistry());
        final TestClock clock = new TestClock();
        final FakePlacement cluster = new FakePlacement(registry, operations.moves(), clock, VOLUME);
        PlacementWatch watch = watch(RESCUE_AFTER);

        World() {
            Stream.of("n1", "n2", "n3").forEach(node -> {
                registry.addNode(node);
                cluster.addWorker(node);
            });
            Volumes.create(operations, "data", "n1", Placement.FOLLOW);
            cluster.favourite = "n2";
            fill("n2");
        }

        /** As a controller that starts has it. */
        PlacementWatch watch(Duration rescueAfter) {
            return new PlacementWatch(
                    cluster,
                    new NodeMarks(registry, cluster, clock),
                    new Rescue(operations.moves(), cluster, cluster, rescueAfter),
                    rescueAfter,
                    clock);
        }

        void webhook() {
            ClaimVolumes claims = (namespace, claim) -> Optional.of(VOLUME);
            PodAdmission admission = new PodAdmission(claims, registry.volumes, registry::findAll);
            cluster.admission = pod -> admission.review(pod).stream()
                    .map(operation -> JsonTree.object(operation.value()))
                    .findFirst()
                    .orElse(pod.affinity());
        }

        void fill(String node) {
            registry.addNode(node, TOO_LITTLE, "True", "dm-clone");
        }

        void pass(Duration time) {
            for (Duration passed = Duration.ZERO; passed.compareTo(time) <= 0; passed = passed.plus(TICK)) {
                watch.look();
                clock.pass(TICK);
            }
        }
    }

    @Test
    void theNodeIsMarkedAndThePodEvictedWithAnEventAndItsSuccessorLandsElsewhere() {
        World world = new World();
        world.webhook();
        world.cluster.run("app", "ReplicaSet", Map.of());
        assertThat(world.cluster.places()).containsExactly("n2");

        world.pass(RESCUE_AFTER);

        assertThat(world.cluster.findMarks()).containsExactly(Map.entry("n2", "NoSpace"));
        assertThat(world.cluster.messages)
                .singleElement()
                .asString()
                .contains(VOLUME, "n2 has", "bytes free", "30 s", "evicted");
        assertThat(world.cluster.places()).containsExactly("n1");
    }

    @Test
    void nothingHappensBeforeItsTime() {
        World world = new World();
        world.cluster.run("app", "ReplicaSet", Map.of());

        world.pass(RESCUE_AFTER.minus(TICK));

        assertThat(world.cluster.places()).containsExactly("n2");
        assertThat(world.cluster.findMarks()).isEmpty();
        assertThat(world.cluster.messages).isEmpty();
    }

    @Test
    void aWaitThatEndedAndBeganAgainIsANewOne() {
        World world = new World();
        world.cluster.run("app", "ReplicaSet", Map.of());
        world.pass(RESCUE_AFTER.minus(TICK));
        world.registry.addNode("n2");
        world.watch.look();
        world.fill("n2");

        world.pass(RESCUE_AFTER.minus(TICK));

        assertThat(world.cluster.messages).isEmpty();
    }

    @Test
    void whoWaitsForAnotherReasonStays() {
        World world = new World();
        world.registry.addNode("n2");
        world.registry.attach(VOLUME, "n1", true);
        world.cluster.run("app", "ReplicaSet", Map.of());

        world.pass(Duration.ofMinutes(5));

        assertThat(world.cluster.places()).containsExactly("n2");
        assertThat(world.cluster.findMarks()).isEmpty();
    }

    @Test
    void aPodThatWouldHaveNoSuccessorOrOneInTheSamePlaceStays() {
        World world = new World();
        world.cluster.run("bare", null, Map.of());
        world.cluster.run("daemon", "DaemonSet", Map.of());
        world.cluster.run("static", "Node", Map.of());
        world.cluster.run("bound", "StatefulSet", Map.of(Names.TOPOLOGY_NODE, "n2"));

        world.pass(Duration.ofMinutes(5));

        assertThat(world.cluster.places()).containsOnly("n2").hasSize(4);
        assertThat(world.cluster.messages).isEmpty();
    }

    @Test
    void aPodStaysWhileNoOtherNodeCouldTakeTheVolume() {
        World world = new World();
        world.webhook();
        world.cluster.run("app", "ReplicaSet", Map.of());
        world.cluster.cordoned.add("n1");
        world.fill("n3");
        world.pass(Duration.ofMinutes(5));
        assertThat(world.cluster.places()).containsExactly("n2");

        world.registry.addNode("n3");
        world.pass(TICK);

        assertThat(world.cluster.places()).containsExactly("n3");
    }

    @Test
    void aSuccessorThatCameBackIsNotSentAwayAgain() {
        World world = new World();
        world.cluster.run("app", "ReplicaSet", Map.of());

        world.pass(Duration.ofMinutes(30));

        assertThat(world.cluster.places()).as("the webhook is off").containsExactly("n2");
        assertThat(world.cluster.messages).hasSize(1);
    }

    @Test
    void allPodsOfTheVolumeThereAreSentAway() {
        World world = new World();
        world.webhook();
        world.cluster.run("app", "ReplicaSet", Map.of());
        world.cluster.run("other", "ReplicaSet", Map.of());

        world.pass(RESCUE_AFTER);

        assertThat(world.cluster.places()).containsExactly("n1", "n1");
    }

    @Test
    void aDisruptionBudgetIsAskedAgain() {
        World world = new World();
        world.webhook();
        world.cluster.run("app", "ReplicaSet", Map.of());
        world.cluster.budgetForbids = true;
        world.pass(Duration.ofMinutes(2));
        assertThat(world.cluster.places()).containsExactly("n2");

        world.cluster.budgetForbids = false;
        world.pass(TICK);

        assertThat(world.cluster.places()).containsExactly("n1");
        assertThat(world.cluster.messages).hasSize(1);
    }

    @Test
    void zeroMeansNever() {
        World world = new World();
        world.watch = world.watch(Duration.ZERO);
        world.cluster.run("app", "ReplicaSet", Map.of());

        world.pass(Duration.ofMinutes(5));

        assertThat(world.cluster.places()).containsExactly("n2");
    }

    /** A controller that starts anew counts anew, and ends in the same place. */
    @Test
    void whereverTheControllerEndsItsSuccessorGoesOn() {
        for (int writes = 0; writes < 4; writes++) {
            World world = new World();
            world.webhook();
            world.cluster.run("app", "ReplicaSet", Map.of());
            world.registry.crashAfter(writes);
            boolean crashed = false;
            try {
                world.pass(RESCUE_AFTER);
            } catch (Crash crash) {
                crashed = true;
            }
            world.registry.crashAfter(Integer.MAX_VALUE);
            world.watch = world.watch(RESCUE_AFTER);

            world.pass(RESCUE_AFTER);

            assertThat(crashed).as("%d writes", writes).isEqualTo(writes < 3);
            assertThat(world.cluster.places()).as("%d writes", writes).containsExactly("n1");
            assertThat(world.cluster.messages).as("%d writes", writes).hasSize(1);
            assertThat(world.cluster.findMarks()).containsOnlyKeys("n2");
        }
    }
}
