package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.IoError;
import dev.sluice.node.host.fake.PowerCut;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The way of a move is cut before and after each change of each node, by the end of the process and by a power cut, and told again. */
class MoveCutAnywhereTest {
    private record Recovery(String name, Consumer<FakeHost> recover) {}

    private static final List<Recovery> RECOVERIES = List.of(
            new Recovery("plugin restarted", FakeHost::restartPlugin), new Recovery("power cut", FakeHost::powerCut));

    @TestFactory
    List<DynamicTest> oneMove() {
        return cuts(2);
    }

    @TestFactory
    List<DynamicTest> twoMovesBeforeTheFirstIsHydrated() {
        return cuts(3);
    }

    private static List<DynamicTest> cuts(int nodes) {
        MoveStory rehearsal = new MoveStory(nodes);
        rehearsal.tell();
        rehearsal.verify();
        List<DynamicTest> tests = new ArrayList<>();
        for (int index = 0; index < nodes; index++) {
            List<String> journal = rehearsal.stop(index).host.faults().journal();
            for (int call = 1; call <= journal.size(); call++) {
                for (Recovery recovery : RECOVERIES) {
                    for (boolean after : new boolean[] {false, true}) {
                        int n = call;
                        int cut = index;
                        String name = "n" + (index + 1) + ": " + recovery.name() + (after ? " after " : " before ")
                                + journal.get(call - 1);
                        tests.add(DynamicTest.dynamicTest(name, () -> cutAndTellAgain(nodes, cut, n, after, recovery)));
                    }
                }
            }
        }
        return tests;
    }

    private static void cutAndTellAgain(int nodes, int cut, int call, boolean after, Recovery recovery) {
        MoveStory story = new MoveStory(nodes);
        FakeHost host = story.stop(cut).host;
        if (after) {
            host.faults().cutAfter(call);
        } else {
            host.faults().cutBefore(call);
        }
        try {
            story.tell();
        } catch (PowerCut expected) {
            recovery.recover().accept(host);
        }
        host.faults().clear();

        story.tell();

        story.verify();
    }

    @Test
    void aVolumeThatSomeoneHasOpenIsNotGivenUpAndStaysInUse() {
        MoveStory story = new MoveStory(2);
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
        MoveStory story = new MoveStory(2);
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
        MoveStory story = new MoveStory(2);
        story.bring(0);
        assertThat(story.stop(0).copies.close(MoveStory.VOLUME, "fast", 2, () -> false))
                .isEmpty();
        story.bring(0);
        story.pod(0);
    }

    @Test
    void aCopyThatWasGivenUpIsNeverOpenedAgain() {
        MoveStory story = new MoveStory(2);
        story.bring(0);
        story.pod(0);
        story.leave(0);
        assertThat(story.close(0)).isPresent();
        for (Recovery recovery : RECOVERIES) {
            assertThatThrownBy(() -> story.bring(0)).hasMessageContaining("given up for epoch 2");
            recovery.recover().accept(story.stop(0).host);
            story.stop(0).host.faults().clear();
        }
        assertThatThrownBy(() -> story.stop(0).copies.close(MoveStory.VOLUME, "fast", 3, () -> true))
                .hasMessageContaining("left alone");
        assertThatThrownBy(() -> story.stop(0)
                        .copies
                        .release(Names.export(MoveStory.VOLUME, 3), MoveStory.VOLUME, "fast", 3, "any"))
                .hasMessageContaining("left alone");
    }

    @Test
    void whatIsServedOfAHydratingCopyCannotBeWritten() {
        MoveStory story = new MoveStory(3);
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

        assertThatThrownBy(() -> second.host.write(second.stacks.device(MoveStory.VOLUME), 101, 1))
                .isInstanceOf(IoError.class);
        assertThat(second.host.read(second.stacks.device(MoveStory.VOLUME), 101))
                .isEqualTo(1000);
    }
}
