package dev.sluice.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import dev.sluice.names.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What a pod that keeps its volume as busy as it can sees when the device beneath it is swapped, and what is left of the machinery then.
 * Timings are written to docs/benchmarks.md, never asserted.
 */
@EndToEnd
class BenchSwap {
    private static final int ROUNDS = Rounds.orElse(5);
    private static final int PAIRS = 7;
    /** Of a pair: one second each, half of them on each device, each first as often as the other. */
    static final int TURNS = 48;

    /** With eight a load in the lab has one of two speeds, a quarter apart, by chance of its begin. */
    static final int DEPTH = 32;

    private static final String OUTER = "volume";
    private static final String THIN = "thin";
    private static final Fill SOURCE = Fill.FULL;

    /** A pod that leaves no moment would have the copy take minutes. */
    private static final String FLOOR = String.valueOf(64 << 20);

    @Test
    void thePauseOfTheSwapAndWhatIsLeftAfterIt(Sandbox sandbox) {
        String floored = sandbox.storageClass("floored", Sandbox.FIRST_CONSUMER, Map.of("minBytesPerSecond", FLOOR));
        SOURCE.make(sandbox, floored);
        Samples<SwapReport.Figure> swaps = new Samples<>();
        List<SwapReport.Pair> pairs = new ArrayList<>();
        for (int round = 1; round <= ROUNDS; round++) {
            String name = "swap" + round;
            Workload pod = SOURCE.clone(sandbox, floored, name);
            Map<SwapReport.Figure, Double> swap = swap(sandbox.node(1), sandbox.volumeId(name));
            System.err.printf("round %d: %s%n", round, swap);
            swaps.add(swap);
            sandbox.hydration(name).await(HydrationPhase.HYDRATED);
            assertNothingIsLeft(sandbox.node(1), sandbox.volumeId(name));
            if (round == ROUNDS) {
                pairs.addAll(pairs(sandbox.node(1), sandbox.volumeId(name)));
            }
            pod.stop();
            sandbox.deleteClaim(name);
        }
        Run.write("bench swap", new SwapReport(Run.of(sandbox.cluster(), ROUNDS), swaps, pairs).markdown());
    }

    /** The load begins before copying does, and goes on when the swap is over. */
    private static Map<SwapReport.Figure, Double> swap(Node home, String volume) {
        String[] lines = home.sh(Engine.FUNCTIONS
                        + FioLog.FUNCTIONS
                        + """
                set -e
                outer=$(kernel_name %1$s)
                engine=$(kernel_name %2$s)
                load_begin --filename=/dev/$outer --rw=randrw --iodepth=32
                dmsetup wait --noflush %2$s
                [ $(missing %2$s) = 0 ]
                complete=$(now)
                while is_above $outer $engine; do pause 0.01; done
                swapped=$(now)
                sleep 10
                load_end
                echo $((swapped + 1000000000 - complete))
                load_seen $complete $((swapped + 1000000000))
                load_seen $((swapped + 5000000000)) $((swapped + 9000000000))
                """.formatted(Names.outerDevice(volume), Names.cloneDevice(Names.copy(volume, 1))))
                .lines()
                .toArray(String[]::new);
        FioLog.Seen swap = FioLog.Seen.parse(lines[1], Long.parseLong(lines[0]) / 1e9);
        FioLog.Seen after = FioLog.Seen.parse(lines[2], 4);
        return Map.of(
                SwapReport.Figure.LONGEST_AT_THE_SWAP,
                swap.longest() / 1e3,
                SwapReport.Figure.RATE_AT_THE_SWAP,
                swap.perSecond(),
                SwapReport.Figure.LONGEST_AFTER,
                after.longest() / 1e3,
                SwapReport.Figure.RATE_AFTER,
                after.perSecond());
    }

    private static void assertNothingIsLeft(Node home, String volume) {
        String copy = Names.copy(volume, 1);
        assertThat(home.targets(volume)).containsExactly("linear");
        assertThat(home.sh("lvs --noheadings -o lv_name").lines().map(String::strip))
                .doesNotContain(Names.metadataVolume(copy));
        assertThat(home.sh("cat /sys/class/iscsi_session/*/targetname 2>/dev/null; :"))
                .doesNotContain(Names.export(volume, 1));
        assertThat(home.sh("dmsetup ls").lines().map(line -> line.split("\\s+", -1)[0]))
                .doesNotContain(Names.cloneDevice(copy), Names.sourceDevice(copy));
    }

    /** I/Os a second on the volume and on the thin volume beneath, by turns in each pair: what else the machine does meets both. */
    private static List<SwapReport.Pair> pairs(Node home, String volume) {
        Fio fio = new Fio(home);
        String outer = home.device(volume);
        String thin = "/dev/" + home.sh("ls /sys/block/" + outer.substring("/dev/".length()) + "/slaves");
        List<SwapReport.Pair> pairs = new ArrayList<>();
        for (int pair = 0; pair < PAIRS; pair++) {
            Fio.Job[] turns = IntStream.range(0, TURNS)
                    .mapToObj(turn ->
                            turn % 4 == 0 || turn % 4 == 3 ? reads(OUTER + turn, outer) : reads(THIN + turn, thin))
                    .toArray(Fio.Job[]::new);
            Map<String, Fio.Seen> seen = fio.run(turns);
            pairs.add(new SwapReport.Pair(mean(seen, OUTER), mean(seen, THIN)));
            System.err.printf("pair %d: %s%n", pair, pairs.getLast());
        }
        return pairs;
    }

    private static Fio.Job reads(String name, String device) {
        return new Fio.Job(
                name,
                device,
                "--stonewall --rw=randread --bs=4k --iodepth=%d --direct=1 --ioengine=libaio --time_based --runtime=1"
                        .formatted(DEPTH));
    }

    private static double mean(Map<String, Fio.Seen> seen, String device) {
        return seen.entrySet().stream()
                .filter(turn -> turn.getKey().startsWith(device))
                .mapToDouble(turn -> turn.getValue().perSecond())
                .average()
                .orElseThrow();
    }
}
