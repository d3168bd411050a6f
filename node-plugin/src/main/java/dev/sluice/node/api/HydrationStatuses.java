package dev.sluice.node.api;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.Condition;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.Origin;
import dev.sluice.node.stack.HydrationReport;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A look at a hydration and what was published before it, as a status. */
final class HydrationStatuses {
    private static final String WRITES_LOST = "WritesLost";

    private HydrationStatuses() {}

    static CloneHydrationStatus of(
            HydrationReport report, @Nullable Origin origin, @Nullable CloneHydrationStatus published, Instant now) {
        CloneHydrationStatus before = published != null && published.epoch() == report.epoch() ? published : null;
        long hydrated = Math.max(report.hydratedBytes(), HydrationText.shownBefore(before, report.epoch()));
        long skipped = Math.max(report.skippedBytes(), before == null ? 0 : before.skippedBytes());
        long shown = Math.min(hydrated, report.totalBytes());
        long unused = Math.min(skipped, shown);
        long reused = Math.min(Math.max(report.reusedBytes(), before == null ? 0 : before.reused()), shown - unused);
        Instant estimate = report.estimatedCompletion();
        return new CloneHydrationStatus(
                report.phase(),
                report.epoch(),
                origin,
                report.engine(),
                report.totalBytes(),
                shown,
                shown - unused - reused,
                unused,
                report.totalBytes() - shown,
                report.bytesPerSecond(),
                text(estimate),
                first(before == null ? null : before.startTime(), report.startTime(), now),
                keep(before == null ? null : before.readyTime(), report.readyTime()),
                keep(before == null ? null : before.completionTime(), report.completionTime()),
                report.reason(),
                report.message(),
                HydrationText.summary(
                        report.phase(), report.totalBytes(), shown, report.bytesPerSecond(), estimate, origin, now),
                conditions(report, before, now),
                reused == 0 ? null : (Long) reused,
                report.allowance(),
                report.regionErrors());
    }

    /** True when a reader must be told at once: the phase, the reason or a condition is another. */
    static boolean turns(@Nullable CloneHydrationStatus before, CloneHydrationStatus after) {
        return before == null
                || before.epoch() != after.epoch()
                || before.phase() != after.phase()
                || !Objects.equals(before.reason(), after.reason())
                || !Objects.equals(before.regionErrors(), after.regionErrors())
                || !Objects.equals(before.conditions(), after.conditions());
    }

    private static List<Condition> conditions(
            HydrationReport report, @Nullable CloneHydrationStatus before, Instant now) {
        HydrationPhase phase = report.phase();
        boolean ready = phase != HydrationPhase.PREPARING && phase != HydrationPhase.FAILED;
        boolean hydrated = phase == HydrationPhase.HYDRATED;
        String reason = Objects.requireNonNullElse(report.reason(), phase.name());
        String message = Objects.requireNonNullElse(report.message(), "");
        List<Condition> conditions = new ArrayList<>(List.of(
                condition(
                        "Ready",
                        ready,
                        ready ? "Usable" : reason,
                        ready ? "the volume can be used" : message,
                        before,
                        now),
                condition(
                        "Hydrated",
                        hydrated,
                        hydrated ? "Complete" : "Incomplete",
                        hydrated ? "every byte is local" : "bytes of the origin are still needed",
                        before,
                        now),
                reachable(report, reason, message, before, now)));
        lost(report, before).ifPresent(conditions::add);
        return List.copyOf(conditions);
    }

    /** It happened, whatever comes after it. */
    private static Optional<Condition> lost(HydrationReport report, @Nullable CloneHydrationStatus before) {
        Instant time = report.writesLost();
        if (time == null) {
            return known(before).stream()
                    .filter(each -> each.type().equals(WRITES_LOST))
                    .findFirst();
        }
        String message =
                "the origin was away when the volume's last pod ended: what was not written was given up, as in a"
                        + " power cut. What an fsync had confirmed is there";
        return Optional.of(new Condition(
                WRITES_LOST, "True", "UnmountedWithoutOrigin", message, Objects.requireNonNull(text(time)), null));
    }

    private static List<Condition> known(@Nullable CloneHydrationStatus before) {
        return before == null || before.conditions() == null ? List.of() : before.conditions();
    }

    private static Condition reachable(
            HydrationReport report, String reason, String message, @Nullable CloneHydrationStatus before, Instant now) {
        boolean lost = report.originAway();
        if (report.phase() == HydrationPhase.HYDRATED) {
            return condition("SourceReachable", true, "NotNeeded", "the origin is not needed any more", before, now);
        }
        return condition(
                "SourceReachable",
                !lost,
                lost ? reason : "Connected",
                lost ? message : "the origin answers, or was not asked yet",
                before,
                now);
    }

    private static Condition condition(
            String type,
            boolean status,
            String reason,
            String message,
            @Nullable CloneHydrationStatus before,
            Instant now) {
        String value = status ? "True" : "False";
        String since = known(before).stream()
                .filter(old -> old.type().equals(type) && old.status().equals(value))
                .map(Condition::lastTransitionTime)
                .findFirst()
                .orElseGet(() -> Objects.requireNonNull(text(now)));
        return new Condition(type, value, reason, message, since, null);
    }

    private static @Nullable String keep(@Nullable String before, @Nullable Instant now) {
        return before != null ? before : text(now);
    }

    private static @Nullable String first(@Nullable String before, @Nullable Instant reported, Instant now) {
        return keep(before, reported == null ? now : reported);
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
