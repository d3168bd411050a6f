package dev.sluice.node.api;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.CloneHydration;
import dev.sluice.api.CloneHydrationSpec;
import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.Origin;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeSpec;
import dev.sluice.error.SluiceException;
import dev.sluice.node.stack.HydrationListener;
import dev.sluice.node.stack.HydrationReport;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what is observed of hydrations to their CloneHydrations: a turn at once, progress at most each ten seconds, because etcd
 * keeps every revision. Observing only takes notes, so that an API that is away never holds up the work on devices.
 */
public final class HydrationPublisher implements HydrationListener {
    private static final Logger log = LoggerFactory.getLogger(HydrationPublisher.class);
    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(10);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final NodeClusterAccess cluster;
    private final HydrationMetrics metrics;
    private final Clock clock;
    private final Map<String, Subject> subjects = new ConcurrentHashMap<>();
    private final List<Consumer<String>> hydrated = new CopyOnWriteArrayList<>();
    private final List<Runnable> turns = new CopyOnWriteArrayList<>();
    private final ReentrantLock publishing = new ReentrantLock();

    public HydrationPublisher(NodeClusterAccess cluster, HydrationMetrics metrics, Clock clock) {
        this.cluster = cluster;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * A volume's hydration: whose it is, the last look at it, and what was published. Guarded by the map.
     *
     * @param due when it may be written next; a turn does not wait for it, unless the last try failed
     */
    private record Subject(
            String uid,
            long epoch,
            ClaimReference claim,
            @Nullable Origin origin,
            @Nullable HydrationReport latest,
            @Nullable CloneHydrationStatus published,
            Instant due,
            boolean failed) {
        Subject with(HydrationReport report) {
            return new Subject(uid, epoch, claim, origin, report, published, due, failed);
        }

        Subject written(CloneHydrationStatus status, Instant next) {
            return new Subject(uid, epoch, claim, origin, latest, status, next, false);
        }

        Subject later(Instant next) {
            return new Subject(uid, epoch, claim, origin, latest, published, next, true);
        }
    }

    /** Told the id of each volume that is seen hydrated. */
    public void onHydrated(Consumer<String> listener) {
        hydrated.add(listener);
    }

    /** Told, on the observer's thread, when something should be published before the next tick. */
    public void onTurn(Runnable listener) {
        turns.add(listener);
    }

    /** Takes note of whose hydration a volume's is. */
    public void track(Volume volume) {
        VolumeSpec spec = volume.getSpec();
        ClaimReference claim = spec.claim();
        if (spec.origin() == null || claim == null) {
            return;
        }
        String uid = volume.getMetadata().getUid();
        subjects.compute(
                volume.getMetadata().getName(),
                (id, known) -> known != null && known.uid().equals(uid) && known.epoch() == spec.epoch()
                        ? known
                        : new Subject(uid, spec.epoch(), claim, spec.origin(), null, null, Instant.MIN, false));
    }

    public void forget(String volume) {
        subjects.remove(volume);
        metrics.forget(volume);
    }

    @Override
    public void observed(HydrationReport report) {
        metrics.observed(report);
        Subject subject = subjects.computeIfPresent(
                report.volume(), (id, known) -> known.epoch() == report.epoch() ? known.with(report) : known);
        if (report.phase() == HydrationPhase.HYDRATED) {
            hydrated.forEach(listener -> listener.accept(report.volume()));
        }
        if (subject != null && (subject.published() == null || turns(subject))) {
            turns.forEach(Runnable::run);
        }
    }

    /** Publishes what is due. One at a time; called each second and at turns. */
    public void publish() {
        publishing.lock();
        try {
            subjects.forEach(this::publish);
        } finally {
            publishing.unlock();
        }
    }

    private void publish(String volume, Subject subject) {
        HydrationReport report = subject.latest();
        if (report == null) {
            return;
        }
        Instant now = clock.instant();
        CloneHydrationStatus status = HydrationStatuses.of(report, subject.origin(), subject.published(), now);
        boolean turned = HydrationStatuses.turns(subject.published(), status);
        boolean untold = subject.published() == null;
        if (status.equals(subject.published())
                || now.isBefore(subject.due()) && (untold || subject.failed() || !turned)) {
            return;
        }
        try {
            write(volume, subject, report, now);
        } catch (SluiceException e) {
            log.info(
                    "progress of volume {} could not be published, again in {}: {}",
                    volume,
                    RETRY_AFTER,
                    e.getMessage());
            update(volume, subject, known -> known.later(now.plus(RETRY_AFTER)));
        }
    }

    private void write(String volume, Subject subject, HydrationReport report, Instant now) {
        CloneHydrationStatus before = subject.published();
        if (before == null) {
            CloneHydration found = cluster.findHydration(subject.claim())
                    .filter(candidate -> belongs(candidate, volume, subject))
                    .orElse(null);
            if (found == null) {
                update(volume, subject, known -> known.later(now.plus(RETRY_AFTER)));
                return;
            }
            before = found.getStatus();
        }
        CloneHydrationStatus status = HydrationStatuses.of(report, subject.origin(), before, now);
        if (!status.equals(before)) {
            cluster.patchStatus(subject.claim(), status);
        }
        update(volume, subject, known -> known.written(status, now.plus(PROGRESS_EVERY)));
    }

    /** A CloneHydration of the same name may speak of an earlier volume: it is replaced, not written to. */
    private static boolean belongs(CloneHydration candidate, String volume, Subject subject) {
        CloneHydrationSpec spec = candidate.getSpec();
        return spec != null
                && spec.volume().equals(volume)
                && spec.volumeUid().equals(subject.uid())
                && spec.epoch() == subject.epoch();
    }

    private boolean turns(Subject subject) {
        HydrationReport report = subject.latest();
        CloneHydrationStatus published = subject.published();
        return report != null
                && published != null
                && (report.phase() != published.phase() || !Objects.equals(report.reason(), published.reason()));
    }

    private void update(String volume, Subject subject, UnaryOperator<Subject> change) {
        subjects.computeIfPresent(
                volume, (id, known) -> known.uid().equals(subject.uid()) ? change.apply(known) : known);
    }
}
