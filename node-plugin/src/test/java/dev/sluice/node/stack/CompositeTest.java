package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.HydrationPhase;
import dev.sluice.api.VolumePhase;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.Faults;
import dev.sluice.node.host.fake.PowerCut;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A snapshot of a volume that is itself hydrating, and what is restored from it. */
class CompositeTest {
    private final CompositeStory story = new CompositeStory();

    @Test
    void showsItsInstantWhateverIsWrittenAndCopiedAfterwards() {
        long expected = taken();
        story.write(4, 99);
        story.write(CompositeStory.BLOCKS - 3, 98);
        story.home.machine.hydrateAll();

        assertThat(story.stackSnapshot().outcome().phase()).isEqualTo(VolumePhase.READY);

        assertThat(story.home.checksum(CompositeStory.SNAPSHOT)).isEqualTo(expected);
        assertThat(story.home.checksum(CompositeStory.VOLUME)).isNotEqualTo(expected);
    }

    @Test
    void isTakenOfACopyThatWasGivenUpBeforeItWasHydratedToo() {
        story.volumeHydrates();
        long expected = story.home.checksum(CompositeStory.VOLUME);
        story.giveUpVolume();
        story.home.machine.powerCut();
        assertThatThrownBy(story::take).hasMessageContaining("is still being stacked");
        story.serveVolume();

        story.take();
        story.stackSnapshot();

        assertThat(story.home.checksum(CompositeStory.SNAPSHOT)).isEqualTo(expected);
    }

    @Test
    void onlyTheThinSnapshotIsMadeWhileThePodWaits() {
        story.volumeHydrates();
        story.home.machine.faults().clear();

        story.take();

        List<String> journal = story.home.machine.faults().journal();
        int from = journal.indexOf("Pauses.suspend " + Names.cloneDevice(CompositeStory.VOLUME));
        int to = journal.indexOf("Pauses.resume " + Names.cloneDevice(CompositeStory.VOLUME));
        assertThat(journal.subList(from + 1, to))
                .containsExactly("LogicalVolumes.ensure data/" + CompositeStory.SNAPSHOT);
        story.write(5, 5);
    }

    @Test
    void hydratesOnItsOwnAndIsThenASnapshotLikeAnyOther() {
        long expected = taken();
        Snapshots.Stacked stacked = story.stackSnapshot();
        assertThat(stacked.outcome().hydrated()).isFalse();

        HydrationReport report = story.hydrate(story.home, stacked.order());

        assertThat(report.phase()).isEqualTo(HydrationPhase.HYDRATED);
        assertThat(story.take().whole()).isTrue();
        assertThat(story.stackSnapshot().outcome().hydrated()).isTrue();
        assertThat(story.home.machine.host().deviceMapper().find(Names.outerDevice(CompositeStory.SNAPSHOT)))
                .isEmpty();
        assertThat(story.restoreHere().hydrated()).isTrue();
        assertThat(story.home.checksum(CompositeStory.HERE)).isEqualTo(expected);
        assertThat(story.home.machine.leftovers()).noneMatch(left -> left.contains(CompositeStory.SNAPSHOT + "-"));
    }

    @Test
    void aRestoreOnTheSameNodeReusesWhatIsThereAndCopiesTheRest() {
        long expected = taken();
        story.stackSnapshot();
        story.write(7, 7);

        VolumeOutcome outcome = story.restoreHere();

        assertThat(outcome.phase()).isEqualTo(VolumePhase.READY);
        assertThat(outcome.hydrated()).isFalse();
        assertThat(story.home.checksum(CompositeStory.HERE)).isEqualTo(expected);
        VolumeOrder order = story.order(CompositeStory.HERE, story.here());
        HydrationReport first = story.look(new Hydration(
                story.home.stacks, story.home.machine.host(), Runnable::run, order, story.clock.instant()));
        assertThat(first.skippedBytes()).isEqualTo(21L << 16).isEqualTo(first.hydratedBytes());
        assertThat(first.copiedBytes()).isZero();
        assertThat(first.remainingBytes()).isEqualTo(CompositeStory.SIZE - (21L << 16));

        HydrationReport last = story.hydrate(story.home, order);

        assertThat(last.phase()).isEqualTo(HydrationPhase.HYDRATED);
        assertThat(last.skippedBytes()).isEqualTo(21L << 16);
        assertThat(last.copiedBytes() + last.skippedBytes()).isEqualTo(CompositeStory.SIZE);
        assertThat(story.home.checksum(CompositeStory.HERE)).isEqualTo(expected);
    }

    @Test
    void aRestoreOnAnotherNodeReadsThroughTheStackAndNeverTheBareVolume() {
        long expected = taken();
        assertThatThrownBy(story::restoreAway)
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
                .hasMessageContaining("is being stacked");
        story.stackSnapshot();

        assertThat(story.restoreAway().phase()).isEqualTo(VolumePhase.READY);

        assertThat(story.third.checksum(CompositeStory.AWAY)).isEqualTo(expected);
        // The snapshot becomes whole, and loses its stack, under the clone that reads it.
        story.hydrate(story.home, story.stackSnapshot().order());
        story.stackSnapshot();
        assertThat(story.third.checksum(CompositeStory.AWAY)).isEqualTo(expected);
        story.hydrate(story.third, story.order(CompositeStory.AWAY, story.away()));
        assertThat(story.third.checksum(CompositeStory.AWAY)).isEqualTo(expected);
    }

    @Test
    void aChainIsServedAgainAfterAPowerCutInItsMiddle() {
        long expected = taken();
        story.stackSnapshot();
        story.restoreAway();

        story.home.machine.powerCut();
        assertThatThrownBy(story::restoreAway).hasMessageContaining("is being stacked");
        story.stackSnapshot();
        story.restoreAway();

        assertThat(story.third.checksum(CompositeStory.AWAY)).isEqualTo(expected);
    }

    @Test
    void withoutAnOriginThatAnswersNothingIsSuspended() {
        story.volumeHydrates();
        story.network.cut(story.origin.machine, story.home.machine);
        story.home.machine.faults().clear();

        assertThatThrownBy(story::take)
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
                .hasMessageContaining("cannot be reached");

        assertThat(story.home.machine.faults().journal()).noneMatch(line -> line.startsWith("Pauses."));
    }

    /** That it is dead is noticed seconds after: what is written above it until then, or has to be to freeze it, waits. */
    @Test
    void anOriginThatDiedUnnoticedIsFoundBeforeAnythingIsSuspended() {
        story.volumeHydrates();
        SluiceException dead = new SluiceException(ErrorKind.HOST, "the disk of the origin gives an error");
        story.home.machine.faults().clear();
        story.home.machine.faults().failNext("BlockDevices.read", dead);

        assertThatThrownBy(story::take).isSameAs(dead);

        Faults faults = story.home.machine.faults();
        String made = "LogicalVolumes.ensure data/" + Names.metadataVolume(CompositeStory.SNAPSHOT);
        faults.before(made, () -> faults.before("BlockDevices.read", () -> faults.failNext("BlockDevices.read", dead)));

        assertThatThrownBy(story::take).isSameAs(dead);

        assertThat(faults.journal()).noneMatch(line -> line.startsWith("Pauses."));
        assertThat(story.take().whole()).isFalse();
    }

    @Test
    void aSnapshotThatTookTooLongIsThrownAwayAndTakenAnew() {
        story.volumeHydrates();
        beforeTheBitmapIsRead(() -> {
            story.home.machine.endPause();
            story.write(2, 55);
        });

        assertThatThrownBy(story::take).hasMessageContaining("taken anew");

        story.write(3, 56);
        long expected = story.home.checksum(CompositeStory.VOLUME);
        story.take();
        story.stackSnapshot();
        assertThat(story.home.checksum(CompositeStory.SNAPSHOT)).isEqualTo(expected);
    }

    @Test
    void anEngineThatCannotCommitGivesNoSnapshot() {
        story.volumeHydrates();
        beforeTheBitmapIsRead(() -> story.home.machine.breakMetadata(Names.cloneDevice(CompositeStory.VOLUME)));

        assertThatThrownBy(story::take).hasMessageContaining("no copy of it can be trusted");
        assertThatThrownBy(story::take).hasMessageContaining("no copy of it can be trusted");

        assertThat(story.home.machine.leftovers()).doesNotContain("lv " + CompositeStory.SNAPSHOT);
        assertThat(story.home.machine.host().pauses().sweep()).isEmpty();
    }

    @Test
    void aVolumeThatBecameWholeMeanwhileIsSharedAsEver() {
        story.volumeHydrates();
        story.home.machine.faults().cutAfter(2);
        assertThatThrownBy(story::take).isInstanceOf(PowerCut.class);
        story.home.machine.restartPlugin();
        story.hydrate(story.home, hydratingVolume());

        assertThat(story.take().whole()).isTrue();

        assertThat(story.home.machine.leftovers())
                .contains("lv " + CompositeStory.SNAPSHOT)
                .doesNotContain("lv " + Names.metadataVolume(CompositeStory.SNAPSHOT));
    }

    /** Taking is cut before and after each change, by the end of the process and by a power cut; a snapshot that was reported is never retaken. */
    @TestFactory
    List<DynamicTest> takingIsCutAnywhere() {
        CompositeStory rehearsal = new CompositeStory();
        rehearsal.volumeHydrates();
        rehearsal.home.machine.faults().clear();
        rehearsal.take();
        List<String> journal = rehearsal.home.machine.faults().journal();
        Map<String, Consumer<FakeHost>> recoveries =
                Map.of("process ended", FakeHost::restartPlugin, "power cut", FakeHost::powerCut);
        List<DynamicTest> tests = new ArrayList<>();
        for (int call = 1; call <= journal.size(); call++) {
            for (boolean after : new boolean[] {false, true}) {
                int n = call;
                recoveries.forEach((name, recovery) -> tests.add(DynamicTest.dynamicTest(
                        name + (after ? " after " : " before ") + journal.get(n - 1),
                        () -> cutWhileTaking(n, after, recovery))));
            }
        }
        return tests;
    }

    private static void cutWhileTaking(int call, boolean after, Consumer<FakeHost> recovery) {
        CompositeStory cut = new CompositeStory();
        cut.volumeHydrates();
        FakeHost machine = cut.home.machine;
        if (after) {
            machine.faults().cutAfter(call);
        } else {
            machine.faults().cutBefore(call);
        }
        assertThatThrownBy(cut::take).isInstanceOf(PowerCut.class);
        recovery.accept(machine);
        machine.faults().clear();
        machine.host().pauses().sweep();
        cut.bringVolume();
        cut.write(1, 77);
        boolean complete = cut.home
                .stacks
                .findCopy(CompositeStory.POOL, CompositeStory.SNAPSHOT)
                .isPresent();
        long before = complete ? 0 : cut.home.checksum(CompositeStory.VOLUME);

        cut.take();
        cut.write(1, 78);
        cut.stackSnapshot();

        long shown = cut.home.checksum(CompositeStory.SNAPSHOT);
        if (complete) {
            assertThat(machine.read(cut.home.stacks.device(CompositeStory.SNAPSHOT), 1))
                    .as("the instant of the first taking")
                    .isEqualTo(1001);
        } else {
            assertThat(shown).isEqualTo(before);
        }
        cut.hydrate(cut.home, cut.stackSnapshot().order());
        cut.restoreHere();
        assertThat(cut.home.checksum(CompositeStory.HERE)).isEqualTo(shown);
    }

    /** What remains after each removal shows what it showed, and in the end nothing is left anywhere. */
    @TestFactory
    List<DynamicTest> deletedInAnyOrder() {
        Map<String, Consumer<CompositeStory>> removals = Map.of(
                "volume",
                CompositeStory::removeVolume,
                "restore here",
                CompositeStory::removeHere,
                "restore away, snapshot",
                gone -> {
                    // The controller refuses to delete a snapshot that still feeds another node.
                    gone.removeAway();
                    gone.removeSnapshot();
                });
        List<DynamicTest> tests = new ArrayList<>();
        permutations(List.copyOf(removals.keySet())).forEach(order -> {
            for (boolean hydrated : new boolean[] {false, true}) {
                String name = String.join(", then ", order) + (hydrated ? ", hydrated between" : "");
                tests.add(DynamicTest.dynamicTest(name, () -> delete(order, removals, hydrated)));
            }
        });
        return tests;
    }

    private static void delete(
            List<String> order, Map<String, Consumer<CompositeStory>> removals, boolean hydrateBetween) {
        CompositeStory told = new CompositeStory();
        told.volumeHydrates();
        long expected = told.home.checksum(CompositeStory.VOLUME);
        told.take();
        Snapshots.Stacked snapshot = told.stackSnapshot();
        told.restoreHere();
        told.restoreAway();
        List<String> left = new ArrayList<>(List.of("restore here", "restore away, snapshot"));
        for (String gone : order) {
            Objects.requireNonNull(removals.get(gone)).accept(told);
            left.remove(gone);
            if (left.contains("restore here")) {
                assertThat(told.home.checksum(CompositeStory.HERE)).isEqualTo(expected);
            }
            if (left.contains("restore away, snapshot")) {
                assertThat(told.home.checksum(CompositeStory.SNAPSHOT)).isEqualTo(expected);
                assertThat(told.third.checksum(CompositeStory.AWAY)).isEqualTo(expected);
                boolean hydrates = !told.stackSnapshot().outcome().hydrated();
                if (hydrateBetween && hydrates) {
                    told.hydrate(told.home, snapshot.order());
                }
            }
        }
        told.removeOrigin();
        assertThat(told.home.machine.leftovers()).isEmpty();
        assertThat(told.third.machine.leftovers()).isEmpty();
        assertThat(told.origin.machine.leftovers()).isEmpty();
    }

    private static List<List<String>> permutations(List<String> all) {
        if (all.isEmpty()) {
            return List.of(List.of());
        }
        List<List<String>> result = new ArrayList<>();
        for (String first : all) {
            permutations(all.stream().filter(each -> !each.equals(first)).toList())
                    .forEach(rest -> {
                        List<String> one = new ArrayList<>(List.of(first));
                        one.addAll(rest);
                        result.add(one);
                    });
        }
        return result;
    }

    /** In the pause: the origin is read before it. */
    private void beforeTheBitmapIsRead(Runnable event) {
        Faults faults = story.home.machine.faults();
        faults.before("Pauses.suspend", () -> faults.before("BlockDevices.read", event));
    }

    private VolumeOrder hydratingVolume() {
        return story.volumeOrder();
    }

    private long taken() {
        story.volumeHydrates();
        long expected = story.home.checksum(CompositeStory.VOLUME);
        assertThat(story.take().whole()).isFalse();
        return expected;
    }
}
