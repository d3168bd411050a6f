package dev.sluice.node.stack;

import dev.sluice.api.HydrationSettings;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.clone.HydrationGeometry;
import dev.sluice.node.host.Host;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much one engine copies at once when nothing else says so: by rule from the round trip to the origin, then by what turned out to be
 * faster; or as its class says.
 */
final class CopyFlight {
    private static final Logger log = LoggerFactory.getLogger(CopyFlight.class);
    /** What the fastest of them took is the way. */
    static final int READS = 5;

    private static final Duration ENOUGH = Duration.ofSeconds(1);
    private final Host host;
    private final String id;
    private final String engineDevice;
    private final long epoch;
    private final LongSupplier nanoTime;
    private final BoundedTask bounded;
    private volatile @Nullable Way way;
    private boolean oneByOne;

    private record Way(Duration roundTrip, JobTuner tuner) {
        /** To a tenth. */
        double milliseconds() {
            return Math.round(roundTrip.toNanos() / 1e5) / 10.0;
        }
    }

    /** @param nanoTime a clock that is never set, as System.nanoTime */
    CopyFlight(Host host, String id, long epoch, LongSupplier nanoTime) {
        this.host = host;
        this.id = id;
        this.engineDevice = Names.cloneDevice(Names.copy(id, epoch));
        this.epoch = epoch;
        this.nanoTime = nanoTime;
        this.bounded = new BoundedTask(id);
    }

    boolean isMeasured() {
        return way != null;
    }

    /** Reads a little from the origin, a few times; the fastest says how long the way is. Waits for it. */
    void measure() {
        if (bounded.isBusy()) {
            return;
        }
        Duration fastest = bounded.run("reads of the origin", this::fastestRead);
        way = new Way(fastest, new JobTuner(HydrationGeometry.jobs(fastest)));
    }

    private Duration fastestRead() {
        long begin = nanoTime.getAsLong();
        long before = begin;
        long fastest = Long.MAX_VALUE;
        for (int read = 0; read < READS && before - begin < ENOUGH.toNanos(); read++) {
            Sessions.probe(host, id, epoch);
            long after = nanoTime.getAsLong();
            fastest = Math.min(fastest, after - before);
            before = after;
        }
        return Duration.ofNanos(fastest);
    }

    /** @param wanted whether what cannot be copied is to be told from the rest: a batch fails as a whole */
    void copyOneByOne(boolean wanted) {
        oneByOne = wanted;
    }

    /** Copying is held back, or it is not known by what: nothing is learnt from how fast it is. */
    void interrupt() {
        Way known = way;
        if (known != null) {
            known.tuner().interrupt();
        }
    }

    /**
     * Sets what the engine has in flight at most: what a window set is in force only in it.
     *
     * @param undisturbed whether the engine alone decides how fast it copies
     */
    void set(
            Instant now, CloneStatus.Working engine, HydrationSettings settings, CopyLimit limit, boolean undisturbed) {
        Long most = limit.inFlight();
        HydrationGeometry wanted = wanted(now, engine, settings, most == null && undisturbed);
        int threshold = most == null ? wanted.threshold() : wanted.threshold(most);
        if (engine.batch() != wanted.batch()) {
            host.deviceMapper().message(engineDevice, "hydration_batch_size " + wanted.batch());
        }
        // The engine itself looks only once a second whether the pod leaves it a moment; asked, it looks at once.
        boolean sleeps = limit.isForLatency() && engine.hydrationEnabled() && engine.hydrating() == 0;
        if (engine.threshold() != threshold || sleeps) {
            host.deviceMapper().message(engineDevice, "hydration_threshold " + threshold);
        }
    }

    private HydrationGeometry wanted(
            Instant now, CloneStatus.Working engine, HydrationSettings settings, boolean undisturbed) {
        Integer batch = settings.hydrationBatchSize();
        Integer threshold = settings.hydrationThreshold();
        boolean tuned = undisturbed && batch == null && threshold == null && !oneByOne;
        HydrationGeometry rule = HydrationGeometry.of(engine.regionBytes(), jobs(now, engine, tuned));
        int batchSize = oneByOne ? 1 : batch == null ? rule.batch() : batch;
        // A batch is never larger than what may be in flight.
        int most = threshold == null ? Math.max(rule.threshold(), batchSize) : threshold;
        return new HydrationGeometry(engine.regionBytes(), batchSize, most);
    }

    private int jobs(Instant now, CloneStatus.Working engine, boolean tuned) {
        Way known = way;
        if (known == null) {
            return HydrationGeometry.jobs(Duration.ZERO);
        }
        JobTuner tuner = known.tuner();
        if (!tuned) {
            tuner.interrupt();
            return tuner.kept();
        }
        int before = tuner.kept();
        int jobs = tuner.look(now, engine.hydratedRegions() * engine.regionBytes());
        if (tuner.kept() != before) {
            log.info("volume {}: copies with {} jobs at once, which is better than {}", id, tuner.kept(), before);
        }
        return jobs;
    }

    /** For people: how much is copied at once, and over which way. */
    String describe(CloneStatus.Working engine) {
        Way known = way;
        String most = "at most " + engine.threshold() * engine.regionBytes() + " bytes at once";
        return known == null ? most : most + ", over a way of " + known.milliseconds() + " ms";
    }
}
