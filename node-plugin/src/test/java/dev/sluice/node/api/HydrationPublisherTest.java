package dev.sluice.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.CloneHydration;
import dev.sluice.api.CloneHydrationSpec;
import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.Condition;
import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.HydrationSummary;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumeSpec;
import dev.sluice.names.Names;
import dev.sluice.node.stack.HydrationReport;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
class HydrationPublisherTest {
    private static final String ID = Names.volumeId("clone");
    private static final long GI = 1L << 30;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesClient client;

    private final SettableClock clock = new SettableClock(START);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<String> hydrated = new ArrayList<>();
    private HydrationPublisher publisher;

    @BeforeEach
    void track() {
        publisher = new HydrationPublisher(
                new NodeClusterAccess(client, "n2", "sluice-system"), new HydrationMetrics(registry), clock);
        publisher.onHydrated(hydrated::add);
        publisher.track(volume());
    }

    @Test
    void aTurnIsWrittenAtOnceAndProgressEachTenSeconds() {
        createHydration("uid", 1);
        observe(HydrationPhase.HYDRATING, GI / 4, "Copying");
        assertThat(status().summary())
                .isEqualTo(new HydrationSummary("25%", "768Mi", "210Mi/s", "3s", "n1/v-12345678"));

        clock.advance(Duration.ofSeconds(9));
        observe(HydrationPhase.HYDRATING, GI / 2, "Copying");
        assertThat(status().hydratedBytes()).isEqualTo(GI / 4);
        clock.advance(Duration.ofSeconds(1));
        publisher.publish();
        assertThat(status().hydratedBytes()).isEqualTo(GI / 2);

        observe(HydrationPhase.SOURCE_LOST, GI / 2, "SourceLost");
        assertThat(condition("SourceReachable").status()).isEqualTo("False");
        assertThat(condition("SourceReachable").lastTransitionTime()).isEqualTo("2026-01-01T00:00:10Z");
        assertThat(condition("Ready").lastTransitionTime()).isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void progressNeverGoesBackAndIsWholeOnlyAfterTheSwap() {
        createHydration("uid", 1);
        observe(HydrationPhase.HYDRATING, GI / 2, "Copying");
        observe(HydrationPhase.STALLED, 0, "StatusUnreadable");
        assertThat(status().hydratedBytes()).isEqualTo(GI / 2);

        observe(HydrationPhase.FINALIZING, GI, "Finalizing");
        assertThat(progress()).isEqualTo("99%");
        observe(HydrationPhase.HYDRATED, GI, "Hydrated");
        assertThat(progress()).isEqualTo("100%");
        assertThat(condition("Hydrated").status()).isEqualTo("True");
        assertThat(hydrated).containsExactly(ID);
    }

    @Test
    void aRestartGoesOnWhereTheStatusIs() {
        createHydration("uid", 1);
        observe(HydrationPhase.HYDRATING, GI / 2, "Copying");
        track();

        observe(HydrationPhase.PAUSED, GI / 4, "Paused");

        assertThat(status().hydratedBytes()).isEqualTo(GI / 2);
        assertThat(status().startTime()).isEqualTo(START.toString());
    }

    @Test
    void anotherVolumesHydrationIsNotWrittenAndALateOneIs() {
        createHydration("earlier", 1);
        observe(HydrationPhase.HYDRATED, GI, "SharedBlocks");
        assertThat(hydration().getStatus()).isNull();

        client.resource(hydration()).delete();
        createHydration("uid", 1);
        clock.advance(Duration.ofSeconds(2));
        publisher.publish();

        assertThat(status().phase()).isEqualTo(HydrationPhase.HYDRATED);
    }

    @Test
    void aTurnThatCouldNotBeWrittenIsTriedAgainEachTwoSecondsAndNoSooner() {
        createHydration("uid", 1);
        observe(HydrationPhase.HYDRATING, GI / 2, "Copying");
        client.resource(hydration()).delete();
        observe(HydrationPhase.FINALIZING, GI, "Finalizing");
        createHydration("uid", 1);

        observe(HydrationPhase.FINALIZING, GI, "Finalizing");
        assertThat(hydration().getStatus()).isNull();

        clock.advance(Duration.ofSeconds(2));
        publisher.publish();
        assertThat(status().phase()).isEqualTo(HydrationPhase.FINALIZING);
    }

    @Test
    void metricsFollowEachLook() {
        observe(HydrationPhase.HYDRATING, GI / 4, "Copying");
        observe(HydrationPhase.HYDRATING, GI / 2, "Copying");

        assertThat(registry.get("sluice.hydration.remaining.bytes")
                        .tag("volume", ID)
                        .gauge()
                        .value())
                .isEqualTo(GI / 2.0);
        publisher.forget(ID);
        assertThat(registry.find("sluice.hydration.remaining.bytes").gauges()).isEmpty();
    }

    @Test
    void anOriginThatDoesNotAnswerIsNotReachable() {
        createHydration("uid", 1);
        observe(HydrationPhase.STALLED, GI / 4, "SourceUnreachable");

        assertThat(condition("SourceReachable").status()).isEqualTo("False");

        observe(HydrationPhase.HYDRATING, GI / 4, "Copying");
        assertThat(condition("SourceReachable").status()).isEqualTo("True");
    }

    private void observe(HydrationPhase phase, long bytes, String reason) {
        Instant estimate = clock.instant().plusSeconds(3);
        publisher.observed(new HydrationReport(
                ID,
                1,
                phase,
                "dm-clone",
                GI,
                bytes,
                bytes,
                0,
                0,
                210L << 20,
                estimate,
                null,
                START,
                null,
                reason,
                "why"));
        publisher.publish();
    }

    private CloneHydration hydration() {
        return client.resources(CloneHydration.class)
                .inNamespace("apps")
                .withName("data")
                .get();
    }

    private CloneHydrationStatus status() {
        return hydration().getStatus();
    }

    private String progress() {
        return Objects.requireNonNull(Objects.requireNonNull(status().summary()).progress());
    }

    private Condition condition(String type) {
        return Objects.requireNonNull(status().conditions()).stream()
                .filter(condition -> condition.type().equals(type))
                // The mock server appends to a list where a merge patch replaces it.
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private void createHydration(String uid, long epoch) {
        CloneHydration hydration = new CloneHydration();
        hydration.setMetadata(
                new ObjectMetaBuilder().withName("data").withNamespace("apps").build());
        hydration.setSpec(new CloneHydrationSpec(ID, uid, epoch, "n2", false, null, 0));
        client.resource(hydration).create();
    }

    private static Volume volume() {
        Volume volume = new Volume();
        volume.setMetadata(new ObjectMetaBuilder().withName(ID).withUid("uid").build());
        volume.setSpec(new VolumeSpec(
                "request",
                GI,
                "fast",
                VolumeMode.FILESYSTEM,
                "ext4",
                Placement.PINNED,
                "n2",
                null,
                1,
                new Origin(OriginKind.VOLUME, "v-1234567890", "n1", null, GI),
                new ClaimReference("apps", "data", null),
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT));
        return volume;
    }
}
