package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.LogicalVolumeRequest;
import dev.sluice.node.host.fake.FakeHost;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A snapshot moves to another node; its way is cut before and after each change of either host, and told again. */
class SnapshotMoveTest {
    @TestFactory
    List<DynamicTest> newHomeIsCut() {
        return cuts("new home", story -> story.to);
    }

    @TestFactory
    List<DynamicTest> oldHomeIsCut() {
        return cuts("old home", story -> story.from);
    }

    private static List<DynamicTest> cuts(String side, Function<SnapshotMoveStory, FakeHost> cutHost) {
        SnapshotMoveStory rehearsal = begun();
        int before = cutHost.apply(rehearsal).faults().journal().size();
        rehearsal.tell();
        List<String> journal = cutHost.apply(rehearsal).faults().journal();
        return Cuts.of(side, journal.subList(before, journal.size()), cut -> {
            SnapshotMoveStory story = begun();
            cut.during(cutHost.apply(story), story::tell);

            story.tell();

            story.verify();
        });
    }

    private static SnapshotMoveStory begun() {
        SnapshotMoveStory story = new SnapshotMoveStory();
        story.snapshot();
        return story;
    }

    @Test
    void copyingBeginsAtOnceAndTheInstantStays() {
        SnapshotMoveStory story = begun();
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
        SnapshotMoveStory story = begun();
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
        SnapshotMoveStory story = begun();
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
        SnapshotMoveStory story = begun();
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
