package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What cannot be is refused with a sentence on the claim; the leak check sees that nothing stayed. */
@EndToEnd
class BadInputIT {
    private static final Duration TOLD = Duration.ofSeconds(60);

    @Test
    void refusalsSayWhyAndLeaveNothing(Sandbox sandbox) {
        String colour = sandbox.storageClass("colour", Sandbox.IMMEDIATE, Map.of("colour", "blue"));
        String ntfs = sandbox.storageClass("ntfs", Sandbox.IMMEDIATE, Map.of("csi.storage.k8s.io/fstype", "ntfs"));
        sandbox.claim(immediate("source"));
        sandbox.awaitBound("source");

        sandbox.claim(ClaimRequest.named("parameter").ofClass(colour));
        sandbox.claim(ClaimRequest.named("filesystem").ofClass(ntfs));
        sandbox.claim(immediate("shared").shared());
        sandbox.claim(immediate("smaller").ofSize("256Mi").cloneOf("source"));
        sandbox.claim(immediate("orphan").cloneOf("nowhere"));
        sandbox.claim(immediate("othermode").block().cloneOf("source"));

        assertTold(sandbox, "parameter", "colour");
        assertTold(sandbox, "filesystem", "ntfs");
        assertTold(sandbox, "shared", "MULTI_NODE|ReadWriteMany|more than one node");
        assertTold(sandbox, "smaller", "greater than or equal in size|smaller than");
        assertTold(sandbox, "orphan", "nowhere");
        assertTold(sandbox, "othermode", "same volume mode");
    }

    private static ClaimRequest immediate(String name) {
        return ClaimRequest.named(name).ofClass("sluice-immediate");
    }

    private static void assertTold(Sandbox sandbox, String claim, String why) {
        await("claim " + claim + " is refused")
                .atMost(TOLD)
                .untilAsserted(() -> assertThat(String.join("\n", sandbox.events(claim)))
                        .containsPattern("ProvisioningFailed: .*(" + why + ")"));
    }
}
