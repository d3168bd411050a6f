package dev.sluice.e2e;

import static org.awaitility.Awaitility.await;

import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many volumes at once, each cloned while others are made and deleted; the leak check sees that nothing stays. */
@EndToEnd
class ManyVolumesIT {
    private static final int VOLUMES = 50;
    private static final Duration ALL = Duration.ofMinutes(5);
    /** A list of so many is dear: asked for ten times a second it would be what takes longest. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    @Test
    void fiftyAreMadeClonedAndDeletedAtOnce(Sandbox sandbox) {
        List<String> sources = names("source");
        List<String> clones = names("clone");
        sources.forEach(name -> sandbox.claim(request(name)));
        clones.forEach(name -> sandbox.claim(request(name).cloneOf(name.replace("clone", "source"))));

        await("all claims are bound")
                .atMost(ALL)
                .pollInterval(LOOK)
                .until(() -> sandbox.boundClaims().size() == 2 * VOLUMES);
        sources.forEach(sandbox::deleteClaim);
        clones.forEach(sandbox::deleteClaim);

        await("all volumes are gone")
                .atMost(ALL)
                .pollInterval(LOOK)
                .until(() -> sandbox.volumes().isEmpty());
    }

    private static ClaimRequest request(String name) {
        return ClaimRequest.named(name).ofClass("sluice-immediate").ofSize("64Mi");
    }

    private static List<String> names(String prefix) {
        return IntStream.range(0, VOLUMES)
                .mapToObj(index -> prefix + "-" + index)
                .toList();
    }
}
