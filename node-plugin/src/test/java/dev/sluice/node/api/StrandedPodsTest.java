package dev.sluice.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.HydrationPhase;
import dev.sluice.names.Names;
import dev.sluice.node.mount.VolumeUsers;
import dev.sluice.node.stack.HydrationReport;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A volume of n2 whose I/O waits for an origin that is away. */
@EnableKubernetesMockClient
class StrandedPodsTest {
    private static final String ID = Names.volumeId("clone");
    private static final String POD = "9e277f17-9518-4071-b8ed-842f131c50e6";
    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesClient client;

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesMockServer server;

    private final List<String> released = new ArrayList<>();
    private final SettableClock clock = new SettableClock(START);
    private boolean heldUp = true;
    private VolumeUsers.Users users = new VolumeUsers.Users(Set.of(POD), false);
    private StrandedPods stranded;

    @BeforeEach
    void seenAway() {
        stranded = new StrandedPods(
                new NodeClusterAccess(client, "n2", "sluice-system"), id -> users, id -> heldUp, released::add, clock);
        observe(HydrationPhase.STALLED, "SourceUnreachable");
    }

    @Test
    void whatAPodWaitsForThatHasHadToEndIsReleased() {
        podsAre(beingDeleted(pod(POD), START.plusSeconds(30)));

        lookFor(Duration.ofSeconds(38));
        assertThat(released).as("it has 30 s, and the kubelet some more").isEmpty();

        lookFor(Duration.ofSeconds(2));
        assertThat(released).containsOnly(ID);
    }

    @Test
    void soIsWhatOneWaitsForThatWasDeletedByForce() {
        podsAre();

        lookFor(Duration.ofSeconds(8));
        assertThat(released).as("the kubelet is to end it first").isEmpty();

        lookFor(Duration.ofSeconds(2));
        assertThat(released).containsOnly(ID);
    }

    @Test
    void aPodThatIsToRunWaits() {
        podsAre(pod(POD));

        lookFor(Duration.ofMinutes(10));

        assertThat(released).isEmpty();
    }

    @Test
    void soDoesTheLastOfTwo() {
        String other = "0b1f2d3c-9518-4071-b8ed-842f131c50e6";
        users = new VolumeUsers.Users(Set.of(POD, other), false);
        podsAre(beingDeleted(pod(POD), START), pod(other));

        lookFor(Duration.ofMinutes(10));

        assertThat(released).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Failed", "Succeeded"})
    void oneThatHasEndedDoesNot(String phase) {
        podsAre(pod(POD).editOrNewStatus().withPhase(phase).endStatus());

        lookFor(Duration.ofSeconds(10));

        assertThat(released).containsOnly(ID);
    }

    @Test
    void whatSomeoneElseHasMountedIsNotReleased() {
        users = new VolumeUsers.Users(Set.of(POD), true);
        podsAre();

        lookFor(Duration.ofMinutes(10));

        assertThat(released).isEmpty();
    }

    @Test
    void norWhatIsOnlyStaged() {
        users = new VolumeUsers.Users(Set.of(), false);
        podsAre();

        lookFor(Duration.ofMinutes(10));

        assertThat(released).isEmpty();
    }

    @Test
    void norWhatDoesNotWait() {
        heldUp = false;
        podsAre();

        lookFor(Duration.ofMinutes(10));

        assertThat(released).isEmpty();
    }

    @Test
    void norWhenTheOriginIsBack() {
        podsAre();
        lookFor(Duration.ofSeconds(8));
        observe(HydrationPhase.HYDRATING, "Copying");

        lookFor(Duration.ofMinutes(10));

        assertThat(released).isEmpty();
    }

    private void lookFor(Duration time) {
        for (Instant end = clock.instant().plus(time); clock.instant().isBefore(end); clock.advance(LOOK)) {
            stranded.look();
        }
        stranded.look();
    }

    private void observe(HydrationPhase phase, String reason) {
        stranded.observed(new HydrationReport(
                ID, 1, phase, "dm-clone", 2, 1, 1, 0, 0, null, null, START, START, null, reason, "as it is"));
    }

    private static PodBuilder pod(String uid) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("db-0")
                .withUid(uid)
                .endMetadata()
                .withNewSpec()
                .withNodeName("n2")
                .endSpec();
    }

    private static PodBuilder beingDeleted(PodBuilder pod, Instant end) {
        return pod.editMetadata().withDeletionTimestamp(end.toString()).endMetadata();
    }

    private void podsAre(PodBuilder... pods) {
        PodList list = new PodListBuilder()
                .withItems(Arrays.stream(pods).map(PodBuilder::build).toList())
                .build();
        server.expect()
                .get()
                .withPath("/api/v1/pods?fieldSelector=spec.nodeName%3Dn2")
                .andReturn(HttpURLConnection.HTTP_OK, list)
                .always();
    }
}
