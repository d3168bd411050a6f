package dev.sluice.node.stack;

import dev.sluice.api.HydrationSettings;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.clone.HydrationGeometry;
import dev.sluice.node.host.Host;
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

    /** What a window set is in force only in it: a pod that pauses leaves the engine as much as it can take, or may. */
    void release(Host host, String engineDevice, CloneStatus.Working engine, CopyLimit limit) {
        HydrationGeometry geometry = HydrationGeometry.of(engine.regionBytes());
        Long inFlight = limit.inFlight();
        int usual = inFlight == null ? geometry.threshold() : geometry.threshold(inFlight);
        // The engine itself looks only once a second whether the pod leaves it a moment; asked, it looks at once.
        boolean sleeps = limit.isForLatency() && engine.hydrationEnabled() && engine.hydrating() == 0;
        if (engine.threshold() != usual || sleeps) {
            host.deviceMapper().message(engineDevice, "hydration_threshold " + usual);
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
