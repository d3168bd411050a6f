package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EqualRunsTest {
    private final List<Reuse.Range> found = new ArrayList<>();

    @Test
    void regionsSmallerThanAChunkAreJoined() {
        EqualRuns runs = new EqualRuns(4, found::add);
        feed(runs, 16, true, true, false, true);
        runs.cut(false);

        assertThat(found).containsExactly(new Reuse.Range(0, 32), new Reuse.Range(48, 16));
    }

    @Test
    void aRegionOfSeveralChunksNeedsThemAll() {
        EqualRuns runs = new EqualRuns(32, found::add);
        feed(runs, 16, true, false, true, true, true, true, true, false, true, true);
        runs.cut(false);

        assertThat(found).containsExactly(new Reuse.Range(32, 64), new Reuse.Range(128, 32));
    }

    @Test
    void aRegionMayBecomeWholeAfterAPause() {
        EqualRuns runs = new EqualRuns(32, found::add);
        feed(runs, 16, true, true, true);
        runs.cut(true);
        assertThat(found).containsExactly(new Reuse.Range(0, 32));
        runs.add(48, 16, true);
        runs.add(64, 8, true);
        runs.cut(false);

        // The last is shorter than a region: no discard marks it.
        assertThat(found).containsExactly(new Reuse.Range(0, 32), new Reuse.Range(32, 32));
    }

    private static void feed(EqualRuns runs, long bytes, boolean... equal) {
        for (int chunk = 0; chunk < equal.length; chunk++) {
            runs.add(chunk * bytes, bytes, equal[chunk]);
        }
    }
}
