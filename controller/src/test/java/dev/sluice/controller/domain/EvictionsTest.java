package dev.sluice.controller.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.HydrationPhase;
import dev.sluice.api.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class EvictionsTest {
    private final EvictionWorld world = EvictionWorld.on("n1", "n1", "n2");
    private final Evictions evictions = world.evictions(1);

    @Test
    void theNextMemberGoesWhenTheOneBeforeIsWhole() {
        assertThat(ask(0)).isEmpty();
        world.move(0, "n3");
        world.tell(0, HydrationPhase.PAUSED, "Paused", 1000);

        assertThat(ask(1))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .contains("StatefulSet apps/db may have 1 member hydrating at a time: ")
                        .contains(
                                "db-0 hydrates (PVC apps/data-db-0 on node n3: 1000 of 1073741824 bytes to come, Paused)")
                        .contains("kubectl get clonehydrations -n apps")
                        .contains("kubectl delete pod db-1 -n apps"));
        pass();
        assertThat(ask(1)).as("however long it takes").isPresent();

        world.hydrate(0);
        assertThat(ask(1)).isEmpty();
    }

    @Test
    void whatIsToldOfAnotherEpochIsNotToldAgain() {
        world.move(0, "n3");
        world.tell(0, HydrationPhase.HYDRATING, "Copying", 1000);
        world.move(0, "n4");
        pass();

        assertThat(ask(1))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .contains("data-db-0 on node n4: not whole")
                        .doesNotContain("1000"));
    }

    @Test
    void asManyAsMayHydrate() {
        Evictions two = world.evictions(2);
        world.move(0, "n3");

        assertThat(two.review(EvictionWorld.of(1))).isEmpty();
        world.move(1, "n4");
        assertThat(two.review(EvictionWorld.of(2)))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .contains("may have 2 members")
                        .contains("db-0")
                        .contains("db-1"));
    }

    @Test
    void aMemberThatHydratesAlreadyMakesItNoMore() {
        world.move(0, "n3");

        assertThat(ask(0)).isEmpty();
        assertThat(ask(1)).isPresent();
    }

    /** `kubectl drain` asks for all pods of a node at once. */
    @Test
    void ofTwoThatAskInOneInstantOneGoes() throws Exception {
        CyclicBarrier seen = new CyclicBarrier(2);
        world.afterPods = () -> {
            try {
                seen.await();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
        List<Optional<String>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<String>>> asked = List.of(threads.submit(() -> ask(0)), threads.submit(() -> ask(1)));
            for (Future<Optional<String>> each : asked) {
                answers.add(each.get());
            }
        }

        assertThat(answers).filteredOn(Optional::isEmpty).hasSize(1);
        assertThat(answers)
                .filteredOn(Optional::isPresent)
                .singleElement()
                .satisfies(reason -> assertThat(reason.orElseThrow()).contains("was evicted a moment ago"));
    }

    @Test
    void anEvictionThatCameToNothingIsForgotten() {
        assertThat(ask(0)).isEmpty();
        assertThat(ask(0)).as("asked again").isEmpty();
        assertThat(ask(1)).isPresent();

        pass();

        assertThat(ask(1)).isEmpty();
    }

    @Test
    void aDryRunIsAnsweredAndForgotten() {
        assertThat(evictions.review(new EvictionRequest("apps", "db-0", null, true)))
                .isEmpty();
        assertThat(ask(1)).isEmpty();
        assertThat(evictions.review(new EvictionRequest("apps", "db-0", null, true)))
                .isPresent();
    }

    @Test
    void fromTheEndOfAPodToItsMoveTheMemberCounts() {
        world.delete(0);
        assertHeld("db-0 may be about to move (its pod is ending)");
        world.end(0);
        assertHeld("db-0 may be about to move (it has no pod)");
        world.put(0, null, SetPod.Stage.STARTING, false);
        assertHeld("its pod has no node yet");
        world.put(0, "n3", SetPod.Stage.STARTING, false);
        assertHeld("its pod starts on node n3, its volume is on node n1");
        world.cluster.registry.nodes.away.add("n1");
        world.start(0, "n3");
        assertHeld("db-0 is about to move (PVC apps/data-db-0 from node n1 to n3)");
        world.cluster.registry.nodes.away.clear();
        world.cluster.settle();
        world.runIfHome(0);
        assertHeld("db-0 hydrates");
        world.hydrate(0);
        pass();
        assertThat(ask(1)).isEmpty();
    }

    @Test
    void aPodThatStartsWhereItsVolumeIsDoesNotCount() {
        world.delete(0);
        world.end(0);
        world.put(0, "n1", SetPod.Stage.STARTING, false);

        assertThat(ask(1)).isEmpty();
    }

    @Test
    void aMemberThatWasScaledAwayDoesNotCountButWhatItHydratesDoes() {
        world.replicas = 2;
        world.delete(2);
        assertThat(ask(1)).isEmpty();
        world.end(2);
        pass();
        assertThat(ask(1)).isEmpty();
        pass();
        world.start(2, "n3");
        world.end(2);

        assertThat(ask(1)).isPresent();
    }

    @Test
    void whoDoesNotServeMayGo() {
        world.move(0, "n3");
        world.put(1, "n1", SetPod.Stage.RUNNING, false);
        assertThat(ask(1)).as("not ready").isEmpty();
        world.put(1, "n1", SetPod.Stage.STARTING, false);
        assertThat(ask(1)).as("it does not run").isEmpty();
        world.put(1, "n1", SetPod.Stage.ENDING, true);
        assertThat(ask(1)).as("it goes already").isEmpty();
        world.put(1, "n1", SetPod.Stage.RUNNING, true);
        assertThat(ask(1)).isPresent();
    }

    @Test
    void whatIsNotOfThisSetMayGo() {
        world.move(0, "n3");
        world.put(new SetPod("apps", "web-0", "u", "web", "n1", SetPod.Stage.RUNNING, true));

        assertThat(evictions.review(new EvictionRequest("apps", "web-0", null, false)))
                .as("its set is gone")
                .isEmpty();
        assertThat(evictions.review(new EvictionRequest("apps", "none", null, false)))
                .as("no pod of a StatefulSet")
                .isEmpty();
        assertThat(evictions.review(new EvictionRequest("apps", "db-1", "another", false)))
                .as("another pod of that name is meant")
                .isEmpty();
        assertThat(evictions.review(new EvictionRequest("apps", "db-1", "uid-1", false)))
                .isPresent();
    }

    @Test
    void pinnedVolumesGoNowhere() {
        world.add("n4", Placement.PINNED);
        world.delete(3);
        assertThat(ask(0)).as("another that is pinned ends").isEmpty();
        world.put(3, "n4", SetPod.Stage.RUNNING, true);
        world.move(0, "n3");
        assertThat(ask(3)).as("it would not hydrate").isEmpty();
    }

    @Test
    void aMemberWithoutAVolumeOfOursMayGo() {
        world.replicas = 4;
        world.put(3, "n2", SetPod.Stage.RUNNING, true);
        world.move(0, "n3");

        assertThat(ask(3)).isEmpty();
    }

    /** Drains in any order, with everything between an answer and the end of a hydration at any time. */
    @Test
    void whateverHappensNoTwoMembersHydrateAtOnce() {
        int moved = 0;
        for (int seed = 0; seed < 40; seed++) {
            moved += drainAtRandom(new Random(seed), seed);
        }
        assertThat(moved).as("moves that were seen").isGreaterThan(40);
    }

    private static int drainAtRandom(Random random, int seed) {
        EvictionWorld world = EvictionWorld.on("n1", "n1", "n2", "n3");
        Evictions evictions = world.evictions(1);
        int moved = 0;
        for (int step = 0; step < 150; step++) {
            int member = random.nextInt(world.replicas);
            switch (random.nextInt(4)) {
                case 0 -> evictTogether(world, evictions, random);
                case 1 -> goOn(world, member, random);
                case 2 -> world.runIfHome(member);
                default -> {
                    moved += EvacuationView.isUnhydrated(world.volume(member)) ? 1 : 0;
                    world.hydrate(member);
                }
            }
            if (random.nextBoolean()) {
                world.cluster.clock.pass(Evictions.NOTED);
            }
            assertThat(world.unhydrated()).as("seed %d, step %d", seed, step).isLessThanOrEqualTo(1);
        }
        return moved;
    }

    /** All are answered before the first of them is deleted. */
    private static void evictTogether(EvictionWorld world, Evictions evictions, Random random) {
        List<Integer> gone = new ArrayList<>();
        for (int member = 0; member < world.replicas; member++) {
            SetPod pod = world.pods.get(EvictionWorld.pod(member));
            boolean serves = pod != null && pod.stage() == SetPod.Stage.RUNNING;
            if (serves
                    && random.nextInt(3) > 0
                    && evictions.review(EvictionWorld.of(member)).isEmpty()) {
                gone.add(member);
            }
        }
        gone.forEach(world::delete);
    }

    private static void goOn(EvictionWorld world, int member, Random random) {
        SetPod pod = world.pods.get(EvictionWorld.pod(member));
        if (pod == null) {
            world.put(member, null, SetPod.Stage.STARTING, false);
        } else if (pod.stage() == SetPod.Stage.ENDING) {
            world.end(member);
        } else if (pod.stage() == SetPod.Stage.STARTING && pod.node() == null) {
            world.start(member, "n" + (1 + random.nextInt(4)));
        }
    }

    private void assertHeld(String why) {
        pass();
        assertThat(ask(1)).hasValueSatisfying(reason -> assertThat(reason).contains(why));
    }

    private Optional<String> ask(int number) {
        return evictions.review(EvictionWorld.of(number));
    }

    private void pass() {
        world.cluster.clock.pass(Evictions.NOTED);
    }
}
