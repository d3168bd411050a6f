package dev.sluice.node.stack;

import dev.sluice.api.HydrationSettings;
import dev.sluice.node.clone.CloneStatus;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The governor of one volume and its windows. */
final class Governing {
    private final Governor governor = new Governor();
    private final CopyWindow window;

    Governing(CopyWindow window) {
        this.window = window;
    }

    /** A window that is to be opened now, by what the pod's I/O bears. */
    Optional<Governor.Window> due(
            Instant now, CloneStatus.Working engine, HydrationSettings settings, LatencyBudget latency) {
        return governor.look(
                now,
                engine,
                settings.minBytesPerSecond(),
                settings.maxBytesPerSecond(),
                latency.isHeld(),
                latency.longestWindow());
    }

    /** From when on a window may be due, between the looks at all. */
    Instant nextWindow(Instant now, @Nullable Long least, @Nullable Long most) {
        return governor.nextWindow(now, least, most);
    }

    /** How many requests of the pod waited for it. */
    long open(Governor.Window due, Instant now, CloneStatus.Working engine) {
        int regions = Math.max(1, Math.toIntExact(due.bytes() / engine.regionBytes()));
        Optional<CopyWindow.Seen> opened = window.open(regions, due.longest());
        if (opened.isEmpty()) {
            return 0;
        }
        CopyWindow.Seen seen = opened.get();
        double seconds = Math.max(seen.copied().toNanos(), 1) / 1e9;
        double bytesPerSecond = seen.arrived() * engine.regionBytes() / seconds;
        if (due.measures()) {
            governor.measured(now, bytesPerSecond);
        } else {
            governor.held(now, seen.held(), bytesPerSecond);
        }
        return seen.delayed();
    }

    /** @param bytesPerSecond at which was copied while the pod was idle */
    void saw(long bytesPerSecond) {
        governor.saw(bytesPerSecond);
    }

    boolean isNeeded(Instant now) {
        return governor.isNeeded(now);
    }

    long floor(HydrationSettings settings) {
        return governor.floor(settings.minBytesPerSecond(), settings.maxBytesPerSecond());
    }

    void restart() {
        governor.restart();
    }
}
