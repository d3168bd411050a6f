package dev.sluice.node.stack;

import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.PowerCut;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;

/** Tests that cut what is done before and after each change of a host, by the end of the process and by a power cut. */
final class Cuts {
    record Recovery(String name, Consumer<FakeHost> recover) {}

    static final List<Recovery> RECOVERIES =
            List.of(new Recovery("plugin restarted", Cuts::restart), new Recovery("power cut", FakeHost::powerCut));

    private Cuts() {}

    /** What a start does before anything else. */
    static void restart(FakeHost host) {
        host.restartPlugin();
        host.host().pauses().sweep();
    }

    /** @param call which of the calls from when it begins, from 1 */
    record Cut(int call, boolean after, Recovery recovery) {
        /** Does it until it is cut; nothing more is cut then. */
        void during(FakeHost host, Runnable action) {
            if (after) {
                host.faults().cutAfter(call);
            } else {
                host.faults().cutBefore(call);
            }
            try {
                action.run();
            } catch (PowerCut expected) {
                recovery.recover().accept(host);
            }
            host.faults().clear();
        }
    }

    /**
     * @param journal what the host does in the action that is cut
     * @param test does the action with the cut, and again without
     */
    static List<DynamicTest> of(String side, List<String> journal, Consumer<Cut> test) {
        List<DynamicTest> tests = new ArrayList<>();
        for (int call = 1; call <= journal.size(); call++) {
            for (Recovery recovery : RECOVERIES) {
                for (boolean after : new boolean[] {false, true}) {
                    Cut cut = new Cut(call, after, recovery);
                    String name =
                            side + ": " + recovery.name() + (after ? " after " : " before ") + journal.get(call - 1);
                    tests.add(DynamicTest.dynamicTest(name, () -> test.accept(cut)));
                }
            }
        }
        return tests;
    }
}
