package dev.sluice.controller.domain;

import dev.sluice.api.GivenUp;
import dev.sluice.api.Regression;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeRecovery;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the owner of a PVC is told of the volume itself: that its copy is not to be had, and what was decided about that. */
public final class VolumeStory {
    private static final Duration NEWS = Duration.ofMinutes(30);

    private VolumeStory() {}

    public static List<ClaimEvent> of(VolumeSpec spec, @Nullable VolumeStatus status, Instant now) {
        VolumeRecovery recovery = VolumeRecovery.of(spec);
        List<ClaimEvent> events = new ArrayList<>();
        if (recovery.refused() != null) {
            events.add(new ClaimEvent(true, "RecoveryRefused", recovery.refused()));
        }
        recovery.history().stream()
                .filter(each -> Instant.parse(each.time()).isAfter(now.minus(NEWS)))
                .filter(each -> each.epoch() == spec.epoch())
                .forEach(each -> events.add(new ClaimEvent(true, "CopyGivenUp", explain(each))));
        if (status != null && status.epoch() == spec.epoch() && isLost(status)) {
            events.add(new ClaimEvent(true, String.valueOf(status.reason()), String.valueOf(status.message())));
        }
        return List.copyOf(events);
    }

    private static boolean isLost(VolumeStatus status) {
        return status.phase() == VolumePhase.FAILED
                && (VolumeStatus.ORIGIN_UNAVAILABLE.equals(status.reason())
                        || Regression.REASON.equals(status.reason()));
    }

    private static String explain(GivenUp event) {
        return "the copy " + event.copy() + " was given up by order of " + event.by() + "; the volume goes on with "
                + event.used()
                + (event.since() == null ? "" : ": what was written after " + event.since() + " is not in it");
    }
}
