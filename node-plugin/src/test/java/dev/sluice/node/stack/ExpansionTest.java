package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.HydrationPhase;
import dev.sluice.api.VolumePhase;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.fake.PowerCut;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A volume becomes larger: whole, hydrating, at its end, with everything cut anywhere; and never smaller. */
class ExpansionTest {
    private static final long SIZE = CloneStory.SIZE;
    private static final long TAIL = CloneStory.BLOCKS + 5;

    private final CloneStory story = new CloneStory(SIZE);

    @Test
    void aHydratingCloneGrowsByALinearTailAndEndsLinear() {
        hydratingAndGrown();
        story.home.write(story.stacks.device(CloneStory.CLONE), TAIL, 99);
        story.home.fsync(story.stacks.device(CloneStory.CLONE));

        assertThat(story.tell().phase()).isEqualTo(HydrationPhase.HYDRATED);

        story.verify();
        assertThat(story.home.read(story.stacks.device(CloneStory.CLONE), TAIL)).isEqualTo(99);
        assertThat(size()).isEqualTo(2 * SIZE);
    }

    @Test
    void theEndOfHydrationKnownByAnOlderOrderLeavesTheNewSize() {
        story.source();
        story.bring();
        story.pod();
        VolumeOrder older = story.order(story.serve());
        story.wantClone(2 * SIZE);
        story.bring();
        story.home.write(story.stacks.device(CloneStory.CLONE), TAIL, 99);
        story.home.host().deviceMapper().message(Names.cloneDevice(CloneStory.CLONE), "enable_hydration");
        story.home.hydrateAll();

        assertThat(story.stacks.finish(older)).isTrue();

        assertThat(size()).isEqualTo(2 * SIZE);
        assertThat(story.home.read(story.stacks.device(CloneStory.CLONE), TAIL)).isEqualTo(99);
    }

    @Test
    void aVolumeNeverShrinksWhateverIsWanted() {
        hydratingAndGrown();
        story.wantClone(SIZE);

        assertThat(story.bring().sizeBytes()).isEqualTo(2 * SIZE);
        story.home.powerCut();
        assertThat(story.bring().sizeBytes()).isEqualTo(2 * SIZE);
        story.tell();
        assertThat(story.bring().sizeBytes()).isEqualTo(2 * SIZE);
    }

    @Test
    void withoutRoomTheVolumeStaysUsableInItsSizeAndSaysWhy() {
        story.source();
        story.bring();
        story.pod();
        story.wantClone(4 * SIZE);
        noRoom();

        VolumeOutcome refused = story.bring();

        assertThat(refused.phase()).isEqualTo(VolumePhase.READY);
        assertThat(refused.reason()).isEqualTo("NoSpace");
        assertThat(refused.message()).contains("cannot grow to " + 4 * SIZE);
        assertThat(refused.sizeBytes()).isEqualTo(SIZE);
        story.wantClone(2 * SIZE);
        VolumeOutcome recovered = story.bring();
        assertThat(recovered.reason()).isEqualTo(VolumeOutcome.READY);
        assertThat(recovered.sizeBytes()).isEqualTo(2 * SIZE);
        story.tell();
        story.verify();
    }

    @Test
    void aRefusedExpansionDoesNotKeepAVolumeDownAfterAPowerCut() {
        story.source();
        story.bring();
        story.pod();
        story.home.powerCut();
        story.wantClone(4 * SIZE);
        noRoom();

        assertThat(story.bring().phase()).isEqualTo(VolumePhase.READY);

        story.wantClone(SIZE);
        story.tell();
        story.verify();
    }

    @Test
    void aCloneThatCannotBeMadeAsLargeAsAskedIsNotMade() {
        CloneStory larger = new CloneStory(2 * SIZE);
        larger.source();
        larger.bring(larger.order(null));
        larger.wantClone(4 * SIZE);
        larger.home.faults().failNext("LogicalVolumes.extend", new SluiceException(ErrorKind.NO_SPACE, "full"));

        assertThatThrownBy(() -> larger.stacks.bring(
                        new VolumeOrder(CloneStory.CLONE, larger.order(null).spec(), null, null)))
                .hasMessage("full");
    }

    @Test
    void aSourceGrowsWhileItsCloneHydratesFromIt() {
        story.source();
        story.bring();
        story.pod();

        assertThat(story.bringSource(2 * SIZE).sizeBytes()).isEqualTo(2 * SIZE);
        story.sourceWritesOn();

        story.tell();
        story.verify();
        assertThat(size()).isEqualTo(SIZE);
    }

    @TestFactory
    List<DynamicTest> expansionWhileHydratingIsCut() {
        List<String> journal = grown().home.faults().journal();
        List<DynamicTest> tests = new ArrayList<>();
        for (int call = 1; call <= journal.size(); call++) {
            int n = call;
            for (boolean power : new boolean[] {false, true}) {
                for (boolean after : new boolean[] {false, true}) {
                    String name = (power ? "power cut " : "plugin restarted ")
                            + (after ? "after " : "before ")
                            + journal.get(call - 1);
                    tests.add(DynamicTest.dynamicTest(name, () -> cut(n, after, power)));
                }
            }
        }
        assertThat(journal).anyMatch(line -> line.startsWith("LogicalVolumes.extend"));
        return tests;
    }

    private static void cut(int call, boolean after, boolean power) {
        CloneStory story = new CloneStory(SIZE);
        story.source();
        story.bring();
        story.pod();
        story.wantClone(2 * SIZE);
        story.home.faults().clear();
        if (after) {
            story.home.faults().cutAfter(call);
        } else {
            story.home.faults().cutBefore(call);
        }
        try {
            story.tell();
        } catch (PowerCut cut) {
            if (power) {
                story.home.powerCut();
            } else {
                story.home.restartPlugin();
            }
        }
        story.home.faults().clear();

        assertThat(story.tell().phase()).isEqualTo(HydrationPhase.HYDRATED);

        story.verify();
        assertThat(story.bring().sizeBytes()).isEqualTo(2 * SIZE);
        assertThat(story.home.read(story.stacks.device(CloneStory.CLONE), TAIL)).isZero();
    }

    private static CloneStory grown() {
        CloneStory story = new CloneStory(SIZE);
        story.source();
        story.bring();
        story.pod();
        story.wantClone(2 * SIZE);
        story.home.faults().clear();
        story.tell();
        return story;
    }

    private void hydratingAndGrown() {
        story.source();
        story.bring();
        story.pod();
        story.wantClone(2 * SIZE);
        VolumeOutcome grown = story.bring();
        assertThat(grown.hydrated()).isFalse();
        assertThat(grown.sizeBytes()).isEqualTo(2 * SIZE);
        assertThat(story.home
                        .host()
                        .deviceMapper()
                        .find(Names.outerDevice(CloneStory.CLONE))
                        .orElseThrow()
                        .table())
                .hasSize(2);
    }

    private void noRoom() {
        story.home.faults().failNext("LogicalVolumes.extend", new SluiceException(ErrorKind.NO_SPACE, "pool is full"));
    }

    private long size() {
        return story.home.host().blockDevices().sizeBytes(story.stacks.device(CloneStory.CLONE));
    }
}
