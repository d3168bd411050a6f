package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.LogicalVolumeRequest;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.PowerCut;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A snapshot moves to another node; its way is cut before and after each change of either host, and told again. */
class SnapshotMoveTest {
    private record Recovery(String name, Consumer<FakeHost> recover) {}

    private static final List<Recovery> RECOVERIES = List.of(
            new Recovery("plugin restarted", FakeHost::restartPlugin), new Recovery("power cut", FakeHost::powerCut));

    @TestFactory
    List<DynamicTest> newHomeIsCut() {
        return cuts("new home", story -> story.to);
    }

    @TestFactory
    List<DynamicTest> oldHomeIsCut() {
        return cuts("old home", story -> story.from);
    }

    private static List<DynamicTest> cuts(String side, Function<SnapshotMoveStory, FakeHost> cutHost) {
        SnapshotMoveStory rehearsal = new SnapshotMoveStory();
        rehearsal.snapshot();
        int before = cutHost.apply(rehearsal).faults().journal().size();
        rehearsal.tell();
        List<String> journal = cutHost.apply(rehearsal).faults().journal();
        List<DynamicTest> tests = new ArrayList<>();
        for (int call = 1; call <= journal.size() - before; call++) {
            for (Recovery recovery : RECOVERIES) {
                for (boolean after : new boolean[] {false, true}) {
                    int n = call;
                    String name = side + ": " + recovery.name() + (after ? " after " : " before ")
                            + journal.get(before + call - 1);
                    tests.add(DynamicTest.dynamicTest(name, () -> cutAndTellAgain(cutHost, n, after, recovery)));
                }
            }
        }
        return tests;
    }

    private static void cutAndTellAgain(
            Function<SnapshotMoveStory, FakeHost> cutHost, int call, boolean after, Recovery recovery) {
        SnapshotMoveStory story = new SnapshotMoveStory();
        story.snapshot();
        FakeHost host = cutHost.apply(story);
        if (after) {
            host.faults().cutAfter(call);
        } else {
            host.faults().cutBefore(call);
        }
        try {
            story.tell();
        } catch (PowerCut cut) {
            recovery.recover().accept(host);
        }
        host.faults().clear();

        story.tell();

        story.verify();
    }

    @Test
    void copyingBeginsAtOnceAndTheInstantStays() {
        SnapshotMoveStory story = new SnapshotMoveStory();
        story.snapshot();
        story.bring();
        assertThat(story.hydrate()).as("looks, a second each").isLessThan(5);
        story.copy();
        SnapshotFacts facts = story.takeOver();
        assertThat(facts.creationTime()).hasToString("2026-01-01T00:00:00Z");
        assertThat(facts.sizeBytes()).isEqualTo(SnapshotMoveStory.SIZE);
        assertThat(facts.whole()).isTrue();
        story.settle();
        story.verify();
    }

    @Test
    void nothingIsTakenOfACopyThatIsNotWhole() {
        SnapshotMoveStory story = new SnapshotMoveStory();
        story.snapshot();
        story.bring();
        assertThatThrownBy(story::takeOver)
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
                .hasMessageContaining("still hydrating");
        assertThat(story.to.leftovers()).doesNotContain("lv " + SnapshotMoveStory.SNAPSHOT);
        story.cancel();
        assertThat(story.to.leftovers()).isEmpty();
    }

    @Test
    void whatIsStillReadIsNotRemovedAndNothingElseIs() {
        SnapshotMoveStory story = new SnapshotMoveStory();
        story.snapshot();
        story.copy();
        story.takeOver();
        String lvUuid = story.left();
        assertThatThrownBy(() -> story.removeLeft(lvUuid))
                .as("it is exported")
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.IN_USE));
        assertThatThrownBy(() -> story.removeLeft("another")).hasMessageContaining("It is left alone");
        story.settle();
        story.verify();
    }

    @Test
    void whatAnEarlierStayLeftIsNotTakenForTheSnapshot() {
        SnapshotMoveStory story = new SnapshotMoveStory();
        story.snapshot();
        story.copy();
        story.to
                .host()
                .logicalVolumes()
                .ensure(new LogicalVolumeRequest.ThinSnapshot(
                        "data", SnapshotMoveStory.COPY, SnapshotMoveStory.SNAPSHOT, Set.of("sluice.created=0")));
        assertThatThrownBy(story::takeOver)
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.DATA_LOSS))
                .hasMessageContaining("earlier stay");
    }
}
