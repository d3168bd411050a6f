package dev.sluice.controller.domain;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events that a hydration's status gives rise to. What happened long ago is not told again: the cluster forgets events after an
 * hour, and a controller that restarts then would repeat them.
 */
public final class HydrationStory {
    private static final Duration NEWS = Duration.ofMinutes(30);

    private HydrationStory() {}

    public static List<ClaimEvent> of(CloneHydrationStatus status, Instant now) {
        List<ClaimEvent> events = new ArrayList<>();
        boolean shared = "SharedBlocks".equals(status.reason());
        if (status.startTime() != null && !shared && isNews(status.startTime(), now)) {
            events.add(new ClaimEvent(false, "HydrationStarted", "copying from " + origin(status.origin())));
        }
        if (status.readyTime() != null && isNews(status.readyTime(), now)) {
            events.add(new ClaimEvent(
                    false,
                    "VolumeUsable",
                    "the volume can be used; " + status.remainingBytes() + " bytes still to come"));
        }
        if (status.phase() == HydrationPhase.STALLED) {
            events.add(new ClaimEvent(true, "HydrationStalled", explain(status, "hydration does not advance")));
        }
        if (status.phase() == HydrationPhase.SOURCE_LOST) {
            events.add(new ClaimEvent(
                    true,
                    "SourceLost",
                    explain(
                            status,
                            "the source cannot be reached; " + status.remainingBytes() + " bytes are missing")));
        }
        if (status.phase() == HydrationPhase.HYDRATED
                && (status.completionTime() == null || isNews(status.completionTime(), now))) {
            events.add(new ClaimEvent(false, "Hydrated", hydrated(status, shared)));
        }
        return List.copyOf(events);
    }

    private static String hydrated(CloneHydrationStatus status, boolean shared) {
        if (shared) {
            return "the clone shares its source's blocks: nothing had to be copied";
        }
        String reused = status.reused() > 0 ? ", " + status.reused() + " were here already" : "";
        return status.copiedBytes() + " bytes copied, " + status.skippedBytes() + " skipped" + reused
                + "; the origin is released";
    }

    private static String explain(CloneHydrationStatus status, String otherwise) {
        return status.message() == null ? otherwise : status.message();
    }

    private static String origin(@Nullable Origin origin) {
        if (origin == null) {
            return "its origin";
        }
        return origin.kind() == OriginKind.NODE
                ? "node " + origin.node() + ", where the volume was"
                : origin.name() + " on " + origin.node();
    }

    private static boolean isNews(String time, Instant now) {
        try {
            return Instant.parse(time).isAfter(now.minus(NEWS));
        } catch (DateTimeParseException e) {
            return true;
        }
    }
}
