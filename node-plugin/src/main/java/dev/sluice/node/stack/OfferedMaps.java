package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CopyState;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.clone.Tables;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.MappedDevice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Used maps of what this node exports: of a snapshot, or of a copy that was given up, both of which never change, and only of one that is
 * whole, so that all of it is in its logical volume. In doubt there is none: then all of it is copied.
 */
public final class OfferedMaps implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OfferedMaps.class);
    /** Copying begins ten seconds after a pod has begun to use the clone: until then the pod's start needs the processors more. */
    private static final Duration DELAY = Duration.ofSeconds(4);

    private static final Duration PACE = Duration.ofMillis(500);
    private static final int ATTEMPTS = 3;

    private final Host host;
    private final PoolDirectory pools;
    private final LongSupplier nanoTime;
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final WorkTicker ticker = new WorkTicker("used-maps", PACE, this::work);

    /** @param nanoTime a clock that is never set, as System.nanoTime */
    public OfferedMaps(Host host, PoolDirectory pools, LongSupplier nanoTime) {
        this.host = host;
        this.pools = pools;
        this.nanoTime = nanoTime;
    }

    /**
     * What is exported.
     *
     * @param source of the Export
     * @param copy the logical volume that is served
     * @param exportUid which export of this name it is
     * @param epoch of the volume that is fed
     * @param bytes that are served
     */
    public record Served(
            String export, String pool, String source, String copy, String exportUid, long epoch, long bytes) {}

    public void start() {
        ticker.start();
    }

    @Override
    public void close() {
        ticker.close();
    }

    /** Told the source of an export whose map is made, or cannot be. */
    public void onDone(Consumer<String> listener) {
        listeners.add(listener);
    }

    /** The map of what this export serves, or {@link VolumeOrder.UsedMapOffer#NONE}; empty while it is being made. */
    public Optional<String> offer(Served served) {
        Job job = jobs.compute(
                served.export(),
                (name, known) -> known != null && known.served.equals(served) ? known : new Job(served));
        ticker.wake();
        return Optional.ofNullable(job.map);
    }

    /** It is exported no more, or has its map. */
    public void forget(String export) {
        jobs.remove(export);
    }

    /** Makes the maps that are due; whether some are to be made still. */
    boolean work() {
        jobs.values().forEach(job -> {
            if (job.isDue()) {
                job.attempt();
            }
        });
        return jobs.values().stream().anyMatch(job -> job.map == null);
    }

    private final class Job {
        private final Served served;
        private final long begin = nanoTime.getAsLong();
        private int failures;
        private volatile @Nullable String map;

        Job(Served served) {
            this.served = served;
        }

        boolean isDue() {
            return map == null && nanoTime.getAsLong() - begin >= DELAY.toNanos();
        }

        void attempt() {
            try {
                map = make();
            } catch (RuntimeException failure) {
                failures++;
                boolean last = failures >= ATTEMPTS;
                log.warn(
                        "what {} uses cannot be told, {}: {}",
                        served.copy(),
                        last ? "so all of it will be copied" : "it is tried again",
                        failure.getMessage());
                if (!last) {
                    return;
                }
                map = VolumeOrder.UsedMapOffer.NONE;
            }
            listeners.forEach(listener -> listener.accept(served.source()));
        }

        private String make() {
            LogicalVolume copy = host.logicalVolumes()
                    .find(pools.named(served.pool()).volumeGroup(), served.copy())
                    .orElseThrow(() -> new SluiceException(
                            ErrorKind.NOT_FOUND, "logical volume " + served.copy() + " is not on this node"));
            CopyTags tags = CopyTags.find(copy).orElse(null);
            boolean frozen = Names.volumeOfCopy(served.copy()).isEmpty() || tags != null && tags.isClosed();
            boolean whole = tags == null || tags.state() == CopyState.LINEAR;
            if (!frozen || !whole || copy.sizeBytes() != served.bytes() || !isServed(copy)) {
                log.info(
                        "export {} is not of a whole logical volume that never changes: all of it will be copied",
                        served.export());
                return VolumeOrder.UsedMapOffer.NONE;
            }
            return UsedMap.of(served.bytes(), host.usedBlocks().of(copy)).print(served.exportUid(), served.epoch());
        }

        /** What is read through the export is this logical volume from its first byte to its last, and nothing else. */
        private boolean isServed(LogicalVolume copy) {
            return copy.device()
                    .filter(device -> host.deviceMapper()
                            .find(Names.exportDevice(served.export()))
                            .map(MappedDevice::table)
                            .filter(table -> table.equals(Tables.linear(device, served.bytes())))
                            .isPresent())
                    .isPresent();
        }
    }
}
