package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** A volume goes to and fro among three nodes with its pod, mostly before it is hydrated. */
@EndToEnd
@Order(EndToEnd.LAST)
@EnabledIfEnvironmentVariable(
        named = "SLUICE_SOAK",
        matches = ".+",
        disabledReason = "a soak: SLUICE_SOAK=1 runs it too")
class MovesAtRandomIT {
    private static final int MOVES = 10;

    /** Fewer than a chain may have. */
    private static final int IN_A_ROW = 3;

    @Test
    void nothingIsLostAndNothingIsLeftInTenMoves(Sandbox sandbox) {
        Random random = new Random(seed());
        String follow = sandbox.storageClass("follow", Sandbox.FIRST_CONSUMER, Map.of("placement", "Follow"));
        sandbox.claim(ClaimRequest.named("data").ofClass(follow));
        Map<String, String> written = new LinkedHashMap<>();
        int at = random.nextInt(3);
        for (int move = 0; move <= MOVES; move++) {
            Workload pod = MoveIT.start(sandbox, "pod-" + move, sandbox.node(at));
            written.forEach(
                    (file, checksum) -> assertThat(pod.checksum(file)).as(file).isEqualTo(checksum));
            String file = "/data/file-" + move;
            written.put(file, pod.writeRandom(file, 4));
            if (move % IN_A_ROW == IN_A_ROW - 1 || move == MOVES) {
                sandbox.hydration("data").await(HydrationPhase.HYDRATED);
            }
            if (move < MOVES) {
                pod.stop();
                at = (at + 1 + random.nextInt(2)) % 3;
            }
        }
        String volume = sandbox.volumeId("data");
        for (int node = 0; node < 3; node++) {
            Node other = sandbox.node(node);
            if (node != at) {
                MoveIT.assertGone(volume, other);
            }
        }
        assertThat(sandbox.node(at).targets(volume)).containsOnly("linear");
    }

    /** Of SLUICE_SEED, for a run like one before. */
    private static long seed() {
        String given = System.getenv("SLUICE_SEED");
        long seed = given == null ? System.nanoTime() : Long.parseLong(given);
        System.err.println("SLUICE_SEED=" + seed);
        return seed;
    }
}
