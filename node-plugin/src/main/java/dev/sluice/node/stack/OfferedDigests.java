package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.Tables;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.LogicalVolumeRequest;
import dev.sluice.node.host.MappedDevice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hashes of copies that were given up, for a node that has an older copy of the same volume. They are made in the background of what is
 * read: exactly what the export serves, which never changes. What is not there costs nobody more than a whole copy.
 */
public final class OfferedDigests implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OfferedDigests.class);
    /** With a slice each tenth of a second, 160 MiB/s at most. */
    private static final long SLICE = 16L << 20;

    private static final Duration PACE = Duration.ofMillis(100);
    private static final int ATTEMPTS = 5;

    private final Host host;
    private final ServedDevices served;
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final WorkTicker ticker = new WorkTicker("digests", PACE, this::work);

    public OfferedDigests(Host host) {
        this.host = host;
        this.served = new ServedDevices(host);
    }

    public void start() {
        ticker.start();
    }

    @Override
    public void close() {
        ticker.close();
    }

    /** Told the id of a volume when the hashes of a copy of it can be offered. */
    public void onDone(Consumer<String> listener) {
        listeners.add(listener);
    }

    /**
     * Serves the hashes of what the export of this order serves; how many bytes they have. Empty while they are being made, or when they
     * cannot be.
     */
    OptionalLong offer(ExportOrder order, String group, DigestList list) {
        Job job = jobs.compute(
                order.name(),
                (name, known) -> known != null && known.makes(list) ? known : new Job(order, group, list));
        ticker.wake();
        return job.isComplete() ? OptionalLong.of(serve(order, job.volume())) : OptionalLong.empty();
    }

    private long serve(ExportOrder order, LogicalVolume volume) {
        served.ensure(Names.digestExport(order.name()), Tables.linear(device(volume), volume.sizeBytes()), order);
        return volume.sizeBytes();
    }

    /** Nothing of the hashes of this export is left; absent is success. */
    void remove(String export, String group, String copy) {
        Job job = jobs.remove(export);
        if (job != null) {
            job.stop();
        }
        served.remove(Names.digestExport(export));
        host.logicalVolumes()
                .find(group, Names.digestVolume(copy))
                .ifPresent(volume -> host.logicalVolumes().remove(group, volume.uuid()));
    }

    /** One slice of each list that is not complete; whether there is such a list still. */
    boolean work() {
        jobs.values().forEach(Job::attempt);
        return jobs.values().stream().anyMatch(Job::isOpen);
    }

    private static BlockDevice device(LogicalVolume volume) {
        return volume.device()
                .orElseThrow(() ->
                        new SluiceException(ErrorKind.HOST, "logical volume " + volume.name() + " is not active"));
    }

    /** One list in the making. Begun anew after a restart, unless its header says that it is complete. */
    private final class Job {
        private final ExportOrder order;
        private final String group;
        private final DigestList list;
        private final List<byte[]> hashes = new ArrayList<>();
        private long page;
        private boolean looked;
        private boolean complete;
        private int failures;
        private boolean stopped;

        Job(ExportOrder order, String group, DigestList list) {
            this.order = order;
            this.group = group;
            this.list = list;
        }

        boolean makes(DigestList wanted) {
            return wanted.isHeader(list.header());
        }

        synchronized boolean isComplete() {
            return complete;
        }

        synchronized boolean isOpen() {
            return !complete && !stopped && failures < ATTEMPTS;
        }

        /** Waits for the slice that is being made. */
        synchronized void stop() {
            stopped = true;
        }

        /** Made, or activated after a reboot. */
        LogicalVolume volume() {
            return host.logicalVolumes()
                    .ensure(new LogicalVolumeRequest.Plain(
                            group,
                            Names.digestVolume(order.source()),
                            list.bytes(),
                            Set.of("sluice.digests-of=" + order.source())));
        }

        void attempt() {
            try {
                if (slice()) {
                    Names.volumeOfCopy(order.source())
                            .ifPresent(volume -> listeners.forEach(listener -> listener.accept(volume)));
                }
            } catch (RuntimeException failure) {
                failed(failure);
            }
        }

        private synchronized void failed(RuntimeException failure) {
            failures++;
            hashes.clear();
            log.warn(
                    "the hashes of {} could not be made, {}: {}",
                    order.source(),
                    failures < ATTEMPTS ? "it is tried again" : "so all of it will be copied",
                    failure.getMessage());
        }

        /** True when the list has become complete. */
        private synchronized boolean slice() {
            if (!isOpen()) {
                return false;
            }
            BlockDevice content = host.deviceMapper()
                    .find(Names.exportDevice(order.name()))
                    .map(MappedDevice::device)
                    .orElse(null);
            if (content == null) {
                return false;
            }
            BlockDevice target = device(volume());
            if (!looked) {
                looked = true;
                complete = list.isHeader(host.ranges().read(target, 0, DigestList.PAGE));
            }
            for (long read = 0; !complete && page < list.pages() && read < SLICE; ) {
                read += next(content, target);
            }
            if (!complete && page == list.pages()) {
                host.ranges().write(target, 0, list.header());
                complete = true;
            }
            return complete;
        }

        /** The hash of one chunk more, and the page when it is full; bytes that were read. */
        private long next(BlockDevice content, BlockDevice target) {
            long chunk = list.firstChunkOf(page) + hashes.size();
            int length = list.lengthOf(chunk);
            hashes.add(DigestList.hash(host.ranges().read(content, chunk * list.chunkBytes(), length)));
            if (hashes.size() == list.chunksOf(page)) {
                host.ranges().write(target, DigestList.place(page), list.seal(page, hashes));
                hashes.clear();
                page++;
            }
            return length;
        }
    }
}
