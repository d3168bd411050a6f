package dev.sluice.node.stack;

import dev.sluice.api.HydrationSettings;
import dev.sluice.node.clone.CloneStatus;
import java.time.Instant;
import java.util.Optional;

/** The governor of one volume and its windows. */
final class Governing {
    private final Governor governor = new Governor();
    private final CopyWindow window;

    Governing(CopyWindow window) {
        this.window = window;
    }

    Optional<Governor.Window> due(Instant now, CloneStatus.Working engine, HydrationSettings settings) {
        return governor.look(now, engine, settings.minBytesPerSecond(), settings.maxBytesPerSecond());
    }

    void open(Governor.Window due, Instant now, CloneStatus.Working engine, HydrationSettings settings) {
        int regions = Math.max(1, Math.toIntExact(due.bytes() / engine.regionBytes()));
        Optional<CopyWindow.Seen> opened = window.open(regions, due.measures());
        if (opened.isEmpty()) {
            return;
        }
        CopyWindow.Seen seen = opened.get();
        if (due.measures()) {
            double seconds = Math.max(seen.copied().toNanos(), 1) / 1e9;
            governor.measured(now, (long) (seen.arrived() * engine.regionBytes() / seconds));
        } else {
            governor.held(now, seen.held(), settings.minBytesPerSecond(), settings.maxBytesPerSecond());
        }
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
