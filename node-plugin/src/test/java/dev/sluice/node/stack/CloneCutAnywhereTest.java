package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.HydrationPhase;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.PowerCut;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The way of a clone is cut before and after each change of either host, by the end of the process and by a power cut, and told again. */
class CloneCutAnywhereTest {
    @TestFactory
    List<DynamicTest> homeIsCut() {
        return cuts("home", () -> new CloneStory(CloneStory.SIZE), story -> story.home);
    }

    @TestFactory
    List<DynamicTest> originIsCut() {
        return cuts("origin", () -> new CloneStory(CloneStory.SIZE), story -> story.origin);
    }

    @TestFactory
    List<DynamicTest> homeOfAnUnusedOneIsCut() {
        return cuts("home", CloneCutAnywhereTest::hardlyUsed, story -> story.home);
    }

    @TestFactory
    List<DynamicTest> originOfAnUnusedOneIsCut() {
        return cuts("origin", CloneCutAnywhereTest::hardlyUsed, story -> story.origin);
    }

    private static CloneStory hardlyUsed() {
        return new CloneStory(CloneStory.SIZE).raw(block -> block / 16 % 8 == 3 && block % 3 > 0);
    }

    /** An empty volume is formatted until a pod may have written to it, and never again. */
    @TestFactory
    List<DynamicTest> emptyVolumeIsCut() {
        CloneStory rehearsal = new CloneStory(CloneStory.SIZE);
        rehearsal.source();
        List<String> journal = rehearsal.origin.faults().journal();
        List<DynamicTest> tests = new ArrayList<>();
        for (int call = 1; call <= journal.size(); call++) {
            for (Cuts.Recovery recovery : Cuts.RECOVERIES) {
                int n = call;
                tests.add(DynamicTest.dynamicTest(recovery.name() + " after " + journal.get(call - 1), () -> {
                    CloneStory story = new CloneStory(CloneStory.SIZE);
                    story.origin.faults().cutAfter(n);
                    assertThatThrownBy(story::source).isInstanceOf(PowerCut.class);
                    recovery.recover().accept(story.origin);
                    story.origin.faults().clear();

                    story.source();
                    recovery.recover().accept(story.origin);
                    story.origin.faults().clear();

                    story.requireSourceIntact();
                    assertThat(story.origin.faults().journal()).noneMatch(line -> line.startsWith("FileSystems.make"));
                }));
            }
        }
        return tests;
    }

    private static List<DynamicTest> cuts(
            String side, Supplier<CloneStory> begin, Function<CloneStory, FakeHost> cutHost) {
        CloneStory rehearsal = begin.get();
        rehearsal.source();
        int before = cutHost.apply(rehearsal).faults().journal().size();
        rehearsal.tell();
        List<String> journal = cutHost.apply(rehearsal).faults().journal();
        return Cuts.of(side, journal.subList(before, journal.size()), cut -> {
            CloneStory story = begin.get();
            story.source();
            FakeHost host = cutHost.apply(story);
            cut.during(host, story::tell);
            // As each start of the plugin does.
            host.host().usedBlocks().sweep(new PoolSettings("fast", "data", "sluice"));
            assertThat(host.hasMetadataSnapshot("data")).isFalse();

            HydrationReport report = story.tell();

            assertThat(report.phase()).isEqualTo(HydrationPhase.HYDRATED);
            assertThat(story.home.hasMetadataSnapshot("data")).isFalse();
            assertThat(story.origin.hasMetadataSnapshot("data")).isFalse();
            story.verify();
        });
    }
}
