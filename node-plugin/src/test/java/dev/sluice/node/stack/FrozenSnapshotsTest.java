package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.Chap;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.PowerCut;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A snapshot of a volume that is mounted, and a clone of one on its node: the file system is frozen for the instant. */
class FrozenSnapshotsTest {
    private record Recovery(String name, Consumer<FakeHost> recover) {}

    private static final List<Recovery> RECOVERIES = List.of(
            new Recovery("plugin restarted", FakeHost::restartPlugin), new Recovery("power cut", FakeHost::powerCut));

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void allThatThePodWroteIsThereAndItGoesOn(boolean encrypted, boolean clones) {
        FrozenStory story = new FrozenStory(encrypted, clones);
        story.begin();

        story.take();

        story.verify();
        assertThat(story.isSuspended()).isFalse();
        assertThat(story.write()).isTrue();
        assertThat(story.stacks.findCopy(CompositeStory.POOL, story.copy())).isPresent();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void onlyTheThinSnapshotIsMadeWhileThePodWaits(boolean encrypted) {
        FrozenStory story = new FrozenStory(encrypted, false);
        story.begin();

        story.take();

        assertThat(story.machine.faults().journal())
                .startsWith(
                        "FileSystems.trim " + FrozenStory.MOUNT,
                        "FileSystems.checkpoint " + FrozenStory.MOUNT,
                        "Pauses.suspend " + story.top(),
                        "LogicalVolumes.ensure data/" + story.copy(),
                        "Pauses.resume " + story.top())
                .filteredOn(call -> call.startsWith("Pauses."))
                .hasSize(2);
    }

    @Test
    void whatNobodyHasMountedIsNotSuspended() {
        FrozenStory story = new FrozenStory(false, false);
        story.bring();
        story.machine.open(story.stacks.device(FrozenStory.VOLUME), "a pod with a raw device");
        story.machine.faults().clear();

        story.take();

        assertThat(story.machine.faults().journal()).containsExactly("LogicalVolumes.ensure data/" + story.copy());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneThatTookTooLongIsUsedByNobodyAndTakenAnew(boolean clones) {
        FrozenStory story = new FrozenStory(false, clones);
        story.begin();
        story.machine.faults().before("LogicalVolumes.ensure data/" + story.copy(), () -> {
            story.machine.endPause();
            assertThat(story.write()).isTrue();
        });

        assertThatThrownBy(story::take)
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
                .hasMessageContaining("taken anew");

        assertThat(story.isSuspended()).isFalse();
        assertThatThrownBy(() -> story.exports.serve(new ExportOrder(
                        Names.export(Names.volumeId("other"), 1),
                        "fast",
                        story.copy(),
                        "iqn.1993-08.org.debian:01:n2",
                        story.machine.portal(),
                        new Chap("n2", "one", "n1", "two"))))
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE));
        assertThat(story.write()).isTrue();
        story.take();
        story.verify();
    }

    @Test
    void aFailureOfLvmLetsThePodGoOn() {
        FrozenStory story = new FrozenStory(true, false);
        story.begin();
        story.machine
                .faults()
                .failNext("LogicalVolumes.ensure", new SluiceException(ErrorKind.NO_SPACE, "the pool is full"));

        assertThatThrownBy(story::take).hasMessage("the pool is full");

        assertThat(story.isSuspended()).isFalse();
        assertThat(story.write()).isTrue();
        story.take();
        story.verify();
    }

    @TestFactory
    List<DynamicTest> isCutAnywhere() {
        List<DynamicTest> tests = new ArrayList<>();
        for (boolean encrypted : new boolean[] {false, true}) {
            for (boolean clones : new boolean[] {false, true}) {
                FrozenStory rehearsal = new FrozenStory(encrypted, clones);
                rehearsal.begin();
                rehearsal.take();
                List<String> journal = rehearsal.machine.faults().journal();
                for (int call = 1; call <= journal.size(); call++) {
                    for (Recovery recovery : RECOVERIES) {
                        for (boolean after : new boolean[] {false, true}) {
                            int n = call;
                            String name = (clones ? "clone" : "snapshot")
                                    + (encrypted ? ", encrypted: " : ": ")
                                    + recovery.name()
                                    + (after ? " after " : " before ")
                                    + journal.get(call - 1);
                            tests.add(DynamicTest.dynamicTest(
                                    name,
                                    () -> cutAndTakeAgain(new FrozenStory(encrypted, clones), n, after, recovery)));
                        }
                    }
                }
            }
        }
        return tests;
    }

    private static void cutAndTakeAgain(FrozenStory story, int call, boolean after, Recovery recovery) {
        story.begin();
        if (after) {
            story.machine.faults().cutAfter(call);
        } else {
            story.machine.faults().cutBefore(call);
        }
        assertThatThrownBy(story::take).isInstanceOf(PowerCut.class);
        recovery.recover().accept(story.machine);
        story.machine.faults().clear();

        story.recover();

        assertThat(story.isSuspended()).isFalse();
        assertThat(story.write()).isTrue();
        story.take();
        story.verify();
        assertThat(story.isSuspended()).isFalse();
        assertThat(story.write()).isTrue();
    }
}
