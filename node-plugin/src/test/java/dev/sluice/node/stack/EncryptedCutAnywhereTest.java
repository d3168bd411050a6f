package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.PowerCut;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The first use of an encrypted volume, and of a clone of one, is cut before and after each change, and told again. */
class EncryptedCutAnywhereTest {
    private record Recovery(String name, Consumer<FakeHost> recover) {}

    private static final List<Recovery> RECOVERIES = List.of(
            new Recovery("plugin restarted", FakeHost::restartPlugin), new Recovery("power cut", FakeHost::powerCut));

    /** Formatted until a pod may have written, and never again. */
    @TestFactory
    List<DynamicTest> firstUseIsCut() {
        return cuts(story -> story.origin, story -> {}, EncryptedStory::useSource, (story, recovery) -> {
            recovery.accept(story.origin);
            story.origin.faults().clear();
            story.bringSource();
            BlockDevice device = story.openSource(EncryptedStory.KEY);

            assertThat(story.origin.read(device, 1)).isEqualTo(EncryptedStory.PLAINTEXT);
            assertThat(story.origin.faults().journal())
                    .noneMatch(call -> call.startsWith("Luks.format") || call.startsWith("FileSystems.make"));
        });
    }

    @TestFactory
    List<DynamicTest> cloneIsCut() {
        return cuts(story -> story.home, EncryptedStory::useSource, EncryptedStory::useClone, (story, recovery) -> {
            long expected = story.origin.checksum(story.sources.device(EncryptedStory.SOURCE));

            assertThat(story.home.checksum(story.clones.device(EncryptedStory.CLONE)))
                    .isEqualTo(expected);
            assertThat(story.home.faults().journal())
                    .noneMatch(call -> call.startsWith("Luks.format") || call.startsWith("FileSystems.make"));
        });
    }

    private interface Verification {
        void verify(EncryptedStory story, Consumer<FakeHost> recovery);
    }

    private static List<DynamicTest> cuts(
            Function<EncryptedStory, FakeHost> side,
            Consumer<EncryptedStory> before,
            Consumer<EncryptedStory> tell,
            Verification verification) {
        EncryptedStory rehearsal = new EncryptedStory(false);
        before.accept(rehearsal);
        side.apply(rehearsal).faults().clear();
        tell.accept(rehearsal);
        List<String> journal = side.apply(rehearsal).faults().journal();
        List<DynamicTest> tests = new ArrayList<>();
        for (int call = 1; call <= journal.size(); call++) {
            for (Recovery recovery : RECOVERIES) {
                for (boolean after : new boolean[] {false, true}) {
                    int n = call;
                    String name = recovery.name() + (after ? " after " : " before ") + journal.get(call - 1);
                    tests.add(DynamicTest.dynamicTest(name, () -> {
                        EncryptedStory story = new EncryptedStory(false);
                        before.accept(story);
                        FakeHost host = side.apply(story);
                        cut(host, n, after);
                        assertThatThrownBy(() -> tell.accept(story)).isInstanceOf(PowerCut.class);
                        recovery.recover().accept(host);
                        host.faults().clear();

                        tell.accept(story);

                        verification.verify(story, recovery.recover());
                    }));
                }
            }
        }
        return tests;
    }

    private static void cut(FakeHost host, int call, boolean after) {
        if (after) {
            host.faults().cutAfter(call);
        } else {
            host.faults().cutBefore(call);
        }
    }
}
