package dev.sluice.node.api;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.HydrationSummary;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as a person reads them in the columns of kubectl. */
final class HydrationText {
    private static final List<String> UNITS = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi");
    // "v-" and eight digits tell volumes apart at a glance; VOLUME in the wide view has the whole id.
    private static final int SHORT_ID = 10;

    private HydrationText() {}

    static HydrationSummary summary(
            HydrationPhase phase,
            long totalBytes,
            long hydratedBytes,
            @Nullable Long bytesPerSecond,
            @Nullable Instant estimate,
            @Nullable Origin origin,
            Instant now) {
        boolean done = phase == HydrationPhase.HYDRATED;
        return new HydrationSummary(
                percent(done, totalBytes, hydratedBytes),
                done ? null : bytes(totalBytes - hydratedBytes),
                done || bytesPerSecond == null ? null : bytes(bytesPerSecond) + "/s",
                done || estimate == null ? null : time(Duration.between(now, estimate)),
                origin == null ? null : origin(origin));
    }

    /** Of a clone the node and what is there; of a move, the node that was left. */
    static String origin(Origin origin) {
        if (origin.kind() == OriginKind.NODE) {
            return "node/" + origin.node();
        }
        String name = origin.name();
        return origin.node() + "/" + (name.length() > SHORT_ID ? name.substring(0, SHORT_ID) : name);
    }

    /** Whole per cent, rounded down; 100 only when the stack is linear. */
    private static String percent(boolean done, long totalBytes, long hydratedBytes) {
        if (done) {
            return "100%";
        }
        return totalBytes <= 0 ? "0%" : Math.min(99, (long) (100.0 * hydratedBytes / totalBytes)) + "%";
    }

    static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.size() - 1) {
            value /= 1024;
            unit++;
        }
        String number = unit == 0 || value >= 10
                ? String.valueOf(Math.round(value))
                : String.format(Locale.ROOT, "%.1f", value);
        return number + UNITS.get(unit);
    }

    static String time(Duration left) {
        long seconds = Math.max(0, left.toSeconds());
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m" + seconds % 60 + "s";
        }
        return seconds / 3600 + "h" + seconds % 3600 / 60 + "m";
    }

    /** Bytes that were shown before at the same epoch; progress never goes back. */
    static long shownBefore(@Nullable CloneHydrationStatus before, long epoch) {
        return before != null && before.epoch() == epoch ? before.hydratedBytes() : 0;
    }
}
