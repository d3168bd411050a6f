package dev.sluice.node.stack;

import static dev.sluice.node.stack.MoveStory.VOLUME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.PowerCut;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A copy that was given up by order is closed and later removed, and the volume goes on from an older one; each is cut anywhere. */
class LostCopyCutAnywhereTest {
    private static final List<Consumer<FakeHost>> RECOVERIES = List.of(FakeHost::restartPlugin, FakeHost::powerCut);

    /** On n2, still hydrating from n1; its pod has ended. */
    private static MoveStory hydrating() {
        MoveStory story = new MoveStory(List.of(0, 1));
        story.go();
        story.leave(1);
        return story;
    }

    private static void shutAndDiscard(MoveStory story, String lvUuid) {
        MoveStory.Stop stop = story.stop(1);
        stop.copies.shut(VOLUME, 2, 3);
        copy(stop)
                .map(CopyTags::of)
                .ifPresent(tags -> assertThat(tags.closedFor()).isEqualTo(3));
        stop.copies.discard(VOLUME, 2, "fast", lvUuid);
    }

    private static Optional<LogicalVolume> copy(MoveStory.Stop stop) {
        return stop.host.host().logicalVolumes().find("data", stop.copy());
    }

    @TestFactory
    List<DynamicTest> closedAndRemoved() {
        MoveStory rehearsal = hydrating();
        FakeHost host = rehearsal.stop(1).host;
        host.faults().clear();
        shutAndDiscard(rehearsal, copy(rehearsal.stop(1)).orElseThrow().uuid());
        assertThat(host.leftovers()).isEmpty();
        List<DynamicTest> tests = new ArrayList<>();
        for (int call = 1; call <= host.faults().journal().size(); call++) {
            for (Consumer<FakeHost> recovery : RECOVERIES) {
                for (boolean after : new boolean[] {false, true}) {
                    int n = call;
                    tests.add(DynamicTest.dynamicTest(
                            host.faults().journal().get(call - 1) + (after ? " after" : " before"),
                            () -> cutAndDoAgain(n, after, recovery)));
                }
            }
        }
        return tests;
    }

    private static void cutAndDoAgain(int call, boolean after, Consumer<FakeHost> recovery) {
        MoveStory story = hydrating();
        FakeHost host = story.stop(1).host;
        String lvUuid = copy(story.stop(1)).orElseThrow().uuid();
        host.faults().clear();
        if (after) {
            host.faults().cutAfter(call);
        } else {
            host.faults().cutBefore(call);
        }
        try {
            shutAndDiscard(story, lvUuid);
        } catch (PowerCut expected) {
            recovery.accept(host);
        }
        host.faults().clear();
        shutAndDiscard(story, lvUuid);
        assertThat(host.leftovers()).isEmpty();
        assertThat(story.stop(0).host.leftovers())
                .as("what it read is untouched")
                .contains("lv " + VOLUME);
    }

    @Test
    void whatAPodHasOpenIsNotClosedAndWhatIsOpenIsNotRemoved() {
        MoveStory story = new MoveStory(List.of(0, 1));
        story.go();
        MoveStory.Stop stop = story.stop(1);
        String lvUuid = copy(stop).orElseThrow().uuid();
        assertThatThrownBy(() -> stop.copies.shut(VOLUME, 2, 3))
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.IN_USE));
        assertThatThrownBy(() -> stop.copies.discard(VOLUME, 2, "fast", lvUuid)).hasMessageContaining("is open");
        assertThat(copy(stop)).isPresent();
    }

    @Test
    void aClosedCopyIsNeverBroughtUpAgain() {
        MoveStory story = hydrating();
        story.stop(1).copies.shut(VOLUME, 2, 3);
        assertThatThrownBy(() -> story.bring(1))
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.OUTDATED));
        assertThat(story.stop(1).host.leftovers())
                .containsExactlyInAnyOrder("lv v-" + VOLUME.substring(2) + "-e2", "lv " + VOLUME + "-e2-meta");
    }

    @TestFactory
    List<DynamicTest> goesOnFromTheCopyThatIsKept() {
        MoveStory rehearsal = hydrating();
        FakeHost host = rehearsal.stop(0).host;
        host.faults().clear();
        goOn(rehearsal);
        List<DynamicTest> tests = new ArrayList<>();
        for (int call = 1; call <= host.faults().journal().size(); call++) {
            for (Consumer<FakeHost> recovery : RECOVERIES) {
                int n = call;
                tests.add(DynamicTest.dynamicTest(host.faults().journal().get(call - 1), () -> {
                    MoveStory story = hydrating();
                    story.stop(0).host.faults().clear();
                    story.stop(0).host.faults().cutAfter(n);
                    try {
                        goOn(story);
                    } catch (PowerCut expected) {
                        recovery.accept(story.stop(0).host);
                    }
                    story.stop(0).host.faults().clear();
                    goOn(story);
                }));
            }
        }
        return tests;
    }

    /** On n1, which gave its copy up to n2: from that copy, as it was then. */
    private static void goOn(MoveStory story) {
        MoveStory.Stop first = story.stop(0);
        String name = first.host.name();
        VolumeSpec spec = new VolumeSpec(
                "request",
                MoveStory.SIZE,
                "fast",
                VolumeMode.FILESYSTEM,
                "ext4",
                Placement.FOLLOW,
                name,
                null,
                3,
                new Origin(OriginKind.VOLUME, VOLUME, name, null, MoveStory.SIZE),
                null,
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT);
        VolumeOutcome outcome = first.stacks.bring(new VolumeOrder(VOLUME, spec, null, null));
        assertThat(outcome.phase()).isEqualTo(VolumePhase.READY);
        assertThat(outcome.hydrated()).isTrue();
        assertThat(first.host.read(first.stacks.device(VOLUME), 101)).isEqualTo(1000);
        assertThat(first.host.read(first.stacks.device(VOLUME), MoveStory.BLOCKS - 1))
                .isEqualTo(1000);
        first.host.write(first.stacks.device(VOLUME), 101, 7);
        first.host.fsync(first.stacks.device(VOLUME));
        assertThat(first.host.read(first.stacks.device(VOLUME), 101)).isEqualTo(7);
        first.host.write(first.stacks.device(VOLUME), 101, 1000);
        first.host.fsync(first.stacks.device(VOLUME));
        assertThat(first.host.host().logicalVolumes().find("data", Names.copy(VOLUME, 3)))
                .isPresent();
        assertThat(first.copies.find(VOLUME, 2)).as("what was kept is kept").isPresent();
    }
}
