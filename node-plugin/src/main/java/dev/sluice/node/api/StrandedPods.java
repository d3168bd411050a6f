package dev.sluice.node.api;

import dev.sluice.node.mount.VolumeUsers;
import dev.sluice.node.stack.HydrationListener;
import dev.sluice.node.stack.HydrationReport;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pods that were deleted and cannot end: what they write waits in the kernel for an origin that is away, no signal ends that, and the kubelet
 * does not ask for the volume to be unmounted before they have ended. So what waits is ended when nobody is left to wait for it.
 */
public final class StrandedPods implements HydrationListener {
    private static final Logger log = LoggerFactory.getLogger(StrandedPods.class);
    /** Longer than a kubelet takes to kill what has not ended in its time. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final NodeClusterAccess cluster;
    private final Function<String, VolumeUsers.Users> users;
    private final Predicate<String> heldUp;
    private final Consumer<String> release;
    private final Clock clock;
    private final Set<String> away = ConcurrentHashMap.newKeySet();
    /** Since when the pods have been known to nobody: deleted by force. */
    private final Map<String, Instant> deserted = new HashMap<>();

    /**
     * @param users who sees a volume here
     * @param heldUp whether I/O of a volume waits for an origin that is away
     * @param release ends it with an error
     */
    public StrandedPods(
            NodeClusterAccess cluster,
            Function<String, VolumeUsers.Users> users,
            Predicate<String> heldUp,
            Consumer<String> release,
            Clock clock) {
        this.cluster = cluster;
        this.users = users;
        this.heldUp = heldUp;
        this.release = release;
        this.clock = clock;
    }

    @Override
    public void observed(HydrationReport report) {
        if (report.originAway()) {
            away.add(report.volume());
        } else {
            away.remove(report.volume());
        }
    }

    /** Looks at all of them; for one thread. */
    public void look() {
        deserted.keySet().retainAll(away);
        away.forEach(this::look);
    }

    private void look(String volume) {
        try {
            if (!heldUp.test(volume)) {
                // Until it is seen again.
                away.remove(volume);
            } else if (!usedUntil(volume).isAfter(clock.instant().minus(PATIENCE))) {
                release.accept(volume);
            }
        } catch (RuntimeException e) {
            // One that passed would end all looks.
            log.warn(
                    "whether pods that are to end wait for the origin of volume {} is looked at again: {}",
                    volume,
                    e.getMessage());
        }
    }

    /** MAX when anyone else has it, and when it is mounted for no pod: the kubelet has it unstaged then. */
    private Instant usedUntil(String volume) {
        VolumeUsers.Users by = users.apply(volume);
        if (by.others() || by.pods().isEmpty()) {
            return Instant.MAX;
        }
        Optional<Instant> end = cluster.endOf(by.pods());
        if (end.isPresent()) {
            deserted.remove(volume);
        }
        return end.orElseGet(() -> deserted.computeIfAbsent(volume, id -> clock.instant()));
    }
}
