package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.ApiRequests;
import dev.sluice.e2e.cluster.NeedsLab;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Writer;
import dev.sluice.names.Names;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** The control plane is away: what is on the nodes goes on to its end, and is told in few words when somebody listens again. */
@EndToEnd
@Order(EndToEnd.LAST)
@NeedsLab("it ends the API server")
class ApiServerAwayIT {
    private static final Duration AWAY =
            System.getenv("SLUICE_SOAK") == null ? Duration.ofMinutes(1) : Duration.ofMinutes(10);

    /** The data of the scene takes half a minute: it is not there when the API server goes, and long before it is back. */
    private static final long RATE = 4 * Scene.MEBIBYTE;

    private static final Duration HYDRATION = Duration.ofSeconds(50);
    private static final Duration BEGIN = Duration.ofSeconds(40);
    private static final Duration SOON = Duration.ofSeconds(20);

    /** The kubelet waits so long at most before it starts a container again: the controller ends when it cannot say that it leads. */
    private static final Duration RESTART = Duration.ofMinutes(6);

    private static final Duration ON_RETURN = Duration.ofSeconds(30);

    /** One write for whatever is new of each object. Who says all that has happened meanwhile, or asks again and again, needs many more. */
    private static final int WRITES_ON_RETURN = 60;

    @Test
    void podsRunHydrationEndsAndTheReturnIsQuiet(Sandbox sandbox) {
        Scene scene = Scene.hydrating(sandbox, "ext4", Scene.ENOUGH_MEBIBYTES);
        Node home = scene.home();
        String volume = scene.volumeId();
        Writer writer = Writer.in(scene.copy());
        writer.assertGoesOn();
        scene.hydration().limit(RATE);
        await("copying has begun, and within this limit")
                .atMost(BEGIN)
                .until(() -> scene.hydration()
                        .status()
                        .map(CloneHydrationStatus::allowance)
                        .filter(allowance -> allowance.bytesPerSecond() == RATE)
                        .isPresent());

        Instant gone = Instant.now();
        sandbox.faults().cutApi();
        try {
            assertThat(home.progress(volume).complete()).isFalse();
            await("the copy ends and its engine goes, with nobody to tell")
                    .atMost(HYDRATION)
                    .until(() -> !home.sh("dmsetup ls").contains(Names.cloneDevice(volume)));
            while (Instant.now().isBefore(gone.plus(AWAY))) {
                Writer.assertGoesOn(home, volume);
            }
        } finally {
            sandbox.faults().heal();
        }

        Instant back = Instant.now();
        scene.hydration().await(HydrationPhase.HYDRATED);
        Duration told = Duration.between(back, Instant.now());
        await("all that comes with the return has come")
                .atMost(ON_RETURN.multipliedBy(2))
                .until(() -> Instant.now().isAfter(back.plus(ON_RETURN)));
        ApiRequests requests = ApiRequests.read(sandbox.cluster().client());
        System.err.printf("told %s after the return; until %s after it: %s%n", told, ON_RETURN, requests.byVerb());
        assertThat(told).isLessThan(SOON);
        assertThat(requests.writes()).as("writes of %s", requests.byVerb()).isLessThan(WRITES_ON_RETURN);
        writer.stop();
        home.dropCaches();
        assertThat(scene.copy().checksum(Scene.FILE)).isEqualTo(scene.checksum());
        await("the controller is back, and lets the origin go").atMost(RESTART).untilAsserted(() -> {
            assertThat(sandbox.volume("clone").isWhole()).isTrue();
            assertThat(sandbox.volume("clone").isFed()).isFalse();
        });
    }
}
