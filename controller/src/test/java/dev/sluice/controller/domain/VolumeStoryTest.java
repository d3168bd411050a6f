package dev.sluice.controller.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.GivenUp;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeRecovery;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class VolumeStoryTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");

    private final VolumeSpec spec = new RecoveryWorld().spec();

    @Test
    void aCopyThatIsMissingIsToldOfAtItsEpoch() {
        assertThat(VolumeStory.of(spec, failed(1, "OriginUnavailable"), NOW))
                .containsExactly(new ClaimEvent(true, "OriginUnavailable", "why"));
        assertThat(VolumeStory.of(spec, failed(1, "EpochRegression"), NOW)).hasSize(1);
        assertThat(VolumeStory.of(spec, failed(2, "OriginUnavailable"), NOW)).isEmpty();
        assertThat(VolumeStory.of(spec, failed(1, "HostError"), NOW)).isEmpty();
    }

    @Test
    void whatWasGivenUpIsToldOnceAndARefusalWithItsReason() {
        GivenUp given = new GivenUp("2026-01-01T00:00:00Z", "n2@2", "s-1", "2025-12-31T00:00:00Z", "jane", 1);
        VolumeSpec done = spec.withRecovery(VolumeRecovery.of(spec).done(List.of(given)));
        assertThat(VolumeStory.of(done, null, NOW)).singleElement().satisfies(event -> {
            assertThat(event.reason()).isEqualTo("CopyGivenUp");
            assertThat(event.message()).contains("n2@2", "jane", "s-1", "after 2025-12-31T00:00:00Z");
        });
        assertThat(VolumeStory.of(done, null, NOW.plus(Duration.ofHours(1)))).isEmpty();

        VolumeSpec refused = spec.withRecovery(VolumeRecovery.of(spec).refused("no"));
        assertThat(VolumeStory.of(refused, null, NOW)).containsExactly(new ClaimEvent(true, "RecoveryRefused", "no"));
    }

    private static VolumeStatus failed(long epoch, String reason) {
        return new VolumeStatus(epoch, VolumePhase.FAILED, null, false, null, reason, "why", null);
    }
}
