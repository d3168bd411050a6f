package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.api.HeldVolume;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.IoError;
import dev.sluice.node.host.fake.PowerCut;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way of a move is cut before and after each change of each node, by the end of the process and by a power cut, and told again. */
class MoveCutAnywhereTest {
    @TestFactory
    List<DynamicTest> oneMove() {
        return cuts(() -> new MoveStory(List.of(0, 1)));
    }

    @TestFactory
    List<DynamicTest> anEncryptedVolumeThatReturns() {
        return cuts(() -> new MoveStory(List.of(0, 1, 0)).encrypted());
    }

    @TestFactory
    List<DynamicTest> twoMovesBeforeTheFirstIsHydrated() {
        return cuts(() -> new MoveStory(List.of(0, 1, 2)));
    }

    @TestFactory
    List<DynamicTest> homeAgainBeforeItIsHydrated() {
        return cuts(() -> new MoveStory(List.of(0, 1, 0)));
    }

    @TestFactory
    List<DynamicTest> homeAgainThroughAThirdNode() {
        return cuts(() -> new MoveStory(List.of(0, 1, 2, 0)));
    }

    /** The pod goes on, or back, after the old home agreed and before the new one could show anything. */
    @TestFactory
    List<DynamicTest> backHomeFromANodeThatNeverCameToStackIt() {
        return cuts(() -> new MoveStory(List.of(0, 1, 0)).passingBy(1));
    }

    private static List<DynamicTest> cuts(Supplier<MoveStory> beginning) {
        MoveStory rehearsal = beginning.get();
        rehearsal.tell();
        rehearsal.verify();
        List<DynamicTest> tests = new ArrayList<>();
        for (int index = 0; index < rehearsal.hosts().size(); index++) {
            int node = index;
            List<String> journal = rehearsal.hosts().get(node).faults().journal();
            tests.addAll(Cuts.of("n" + (node + 1), journal, cut -> {
                MoveStory story = beginning.get();
                cut.during(story.hosts().get(node), story::tell);

                story.tell();

                story.verify();
            }));
        }
        return tests;
    }

    /** Ten moves in a row among three nodes; hydrated in between only where the chain must end, or by chance. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void tenMovesAtRandomWithCutsInBetween(long seed) {
        Random random = new Random(seed);
        MoveStory story = new MoveStory(List.of(0, 1, 2, 0));
        int at = 0;
        for (int move = 0; move < 10; move++) {
            at = (at + 1 + random.nextInt(2)) % 3;
            story.andTo(at);
            FakeHost cut = story.hosts().get(random.nextInt(3));
            cut.faults().cutBefore(1 + random.nextInt(40));
            Cuts.Recovery recovery = Cuts.RECOVERIES.get(random.nextInt(2));
            boolean end = move % 4 == 3 || random.nextInt(4) == 0;
            try {
                story.go();
                if (end) {
                    story.settle();
                }
            } catch (PowerCut expected) {
                recovery.recover().accept(cut);
            }
            cut.faults().clear();
            story.go();
            if (end) {
                story.settle();
                story.verify();
            }
        }
        story.tell();
        story.verify();
    }

    @Test
    void aHomeThatIsHomeAgainKeepsServingWhatItGaveUp() {
        MoveStory story = new MoveStory(List.of(0, 1, 0));
        story.go();
        FakeHost host = story.hosts().getFirst();

        assertThat(host.leftovers())
                .contains("lv " + MoveStory.VOLUME, "lv " + Names.copy(MoveStory.VOLUME, 3))
                .contains("dm " + Names.outerDevice(MoveStory.VOLUME));
        assertThat(story.stop(0).stacks.inventory())
                .extracting(HeldVolume::volume, HeldVolume::epoch, HeldVolume::closedFor, HeldVolume::whole)
                .containsExactlyInAnyOrder(
                        tuple(MoveStory.VOLUME, 1L, 2L, true), tuple(MoveStory.VOLUME, 3L, null, false));
        assertThat(host.read(story.stop(2).stacks.device(MoveStory.VOLUME), 101))
                .isEqualTo(1000);
        host.write(story.stop(2).stacks.device(MoveStory.VOLUME), 101, 7);
        assertThat(host.read(story.stop(0).served(), 101)).isEqualTo(1000);
        assertThatThrownBy(() -> story.stop(0)
                        .copies
                        .release(Names.export(MoveStory.VOLUME, 4), MoveStory.VOLUME, "fast", 4, "any"))
                .as("the copy that is open")
                .hasMessageContaining("left alone");
    }

    /** An object that was restored from a backup, or a node that was. */
    @Test
    void aVolumeIsNotOpenedBesideACopyOfAnotherHistory() {
        MoveStory story = new MoveStory(List.of(0, 1, 0, 1));
        story.bring(0);
        story.pod(0);
        assertThatThrownBy(() -> story.stop(2).stacks.bring(story.order(2, null)))
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.DATA_LOSS))
                .hasMessageContaining("epoch 1 and was not given up")
                .hasMessageContaining("left alone");
        story.go();
        assertThatThrownBy(() -> story.stop(1).stacks.bring(story.order(1, null)))
                .hasMessageContaining("is of epoch 4")
                .hasMessageContaining("epoch 2 is wanted");
    }

    @Test
    void aVolumeThatSomeoneHasOpenIsNotGivenUpAndStaysInUse() {
        MoveStory story = new MoveStory(List.of(0, 1));
        story.bring(0);
        story.pod(0);

        assertThatThrownBy(() -> story.close(0))
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.IN_USE))
                .hasMessageContaining("mounted at /staging");

        assertThat(story.bring(0).hydrated()).isTrue();
        assertThat(story.stop(0).copies.find(MoveStory.VOLUME, 2)).isEmpty();
    }

    /** Nobody has it open for the moment, but the pod would open whatever has its number next. */
    @Test
    void aRawDeviceThatIsShownToAPodIsNotGivenUp() {
        MoveStory story = new MoveStory(List.of(0, 1));
        story.bring(0);
        FakeHost host = story.stop(0).host;
        Path device = Path.of(story.stop(0).stacks.device(MoveStory.VOLUME).path());
        host.host().mounts().ensureBind(device, Path.of("/pods/device"), false);

        assertThatThrownBy(() -> story.close(0)).hasMessageContaining("mounted at /pods/device");

        host.host().mounts().remove(Path.of("/pods/device"));
        assertThat(story.close(0)).isPresent();
    }

    @Test
    void anOrderThatWasTakenBackMeanwhileChangesNothing() {
        MoveStory story = new MoveStory(List.of(0, 1));
        story.bring(0);
        assertThat(story.stop(0).copies.close(MoveStory.VOLUME, "fast", 2, "n2", () -> false))
                .isEmpty();
        story.bring(0);
        story.pod(0);
    }

    @Test
    void aCopyThatWasGivenUpIsNeverOpenedAgain() {
        MoveStory story = new MoveStory(List.of(0, 1));
        story.bring(0);
        story.pod(0);
        story.leave(0);
        assertThat(story.close(0)).isPresent();
        for (Cuts.Recovery recovery : Cuts.RECOVERIES) {
            assertThatThrownBy(() -> story.bring(0)).hasMessageContaining("given up for epoch 2");
            recovery.recover().accept(story.stop(0).host);
            story.stop(0).host.faults().clear();
        }
        assertThatThrownBy(() -> story.stop(0).copies.close(MoveStory.VOLUME, "fast", 3, "n3", () -> true))
                .hasMessageContaining("given up for epoch 3 is not on this node");
        story.stop(0).copies.release(Names.export(MoveStory.VOLUME, 3), MoveStory.VOLUME, "fast", 3, "any");
        assertThat(story.stop(0).copies.find(MoveStory.VOLUME, 2)).isPresent();
        assertThatThrownBy(() -> story.stop(0)
                        .copies
                        .release(Names.export(MoveStory.VOLUME, 2), MoveStory.VOLUME, "fast", 2, "another"))
                .hasMessageContaining("left alone");
    }

    @Test
    void whatIsServedOfAHydratingCopyCannotBeWritten() {
        MoveStory story = new MoveStory(List.of(0, 1, 2));
        story.bring(0);
        story.pod(0);
        story.leave(0);
        story.close(0);
        story.serve(0);
        MoveStory.Stop second = story.stop(1);
        story.bring(1);
        story.pod(1);
        story.leave(1);
        story.close(1);
        story.serve(1);

        assertThatThrownBy(() -> second.host.write(second.served(), 101, 1)).isInstanceOf(IoError.class);
        assertThat(second.host.read(second.served(), 101)).isEqualTo(1000);
        assertThatThrownBy(() -> second.stacks.device(MoveStory.VOLUME)).hasMessageContaining("has no device");
    }
}
