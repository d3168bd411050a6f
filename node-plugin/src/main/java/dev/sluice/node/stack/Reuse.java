package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.clone.OlderCopyTag;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.LogicalVolume;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy that was made from an older one of the same volume: where its bytes have the hash that the origin's have, the engine is told that
 * they are local. What is hashed is the copy itself: a region that the engine does not call local is only ever written with the origin's
 * content, so what was found equal stays so until it is marked, or is the pod's by then and marked already. In doubt nothing is marked, and
 * all of it is copied.
 */
final class Reuse {
    private static final Logger log = LoggerFactory.getLogger(Reuse.class);
    /** At a look each half second, 128 MiB/s at most. */
    private static final long SLICE = 64L << 20;
    /** How long the origin's node may take to make its hashes, and what it reads a second at least. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final long SLOWEST = 32L << 20;
    private static final int ATTEMPTS = 3;

    private final Host host;
    private final VolumeStacks stacks;
    private final String id;
    private final long epoch;
    private final CopyTags tags;
    private final Instant begin;
    private final Marks marks;
    private final EqualRuns runs;
    private final boolean concerns;
    private @Nullable DigestList list;
    private byte[] page = new byte[0];
    private long chunk;
    private int failures;
    private volatile boolean pending;

    /** Bytes of whole regions. */
    record Range(long offset, long bytes) {}

    /** @param nanoTime a clock that is never set, as System.nanoTime */
    Reuse(Host host, VolumeStacks stacks, String id, long epoch, Instant begin, LongSupplier nanoTime) {
        this.host = host;
        this.stacks = stacks;
        this.id = id;
        this.epoch = epoch;
        this.begin = begin;
        LogicalVolume data = data();
        this.tags = CopyTags.of(data);
        this.marks = new Marks(
                host, stacks, id, epoch, OlderCopyTag.reusedRegions(data).orElse(0), nanoTime);
        this.runs = new EqualRuns(Math.max(tags.regionBytes(), 1), marks::add);
        this.concerns = OlderCopyTag.isOn(data);
        this.pending = concerns && OlderCopyTag.reusedRegions(data).isEmpty();
    }

    /** The bytes of an older copy are, or were, beneath. */
    boolean concerns() {
        return concerns;
    }

    /** Copying waits as long as it is not known what needs no copying. */
    boolean isPending() {
        return pending;
    }

    /** Regions that were marked, and are so on the disk. */
    long regions() {
        return marks.regions();
    }

    /** One slice more. One at a time. */
    void step(VolumeOrder order, Instant now) {
        if (!pending) {
            return;
        }
        VolumeOrder.Digests digests = order.digests();
        if (digests == null || digests.login() == null) {
            if (digests == null || isOverdue(now)) {
                end("its hashes were not offered");
            }
            return;
        }
        try {
            compare(digests);
        } catch (SluiceException e) {
            if (++failures >= ATTEMPTS) {
                end(e.getMessage());
                return;
            }
            throw e;
        }
    }

    private boolean isOverdue(Instant now) {
        return now.isAfter(begin.plus(PATIENCE).plusSeconds(tags.originBytes() / SLOWEST));
    }

    /** No more is marked. What is not, is copied. */
    void end(@Nullable String why) {
        if (!pending) {
            return;
        }
        stacks.recordReused(id, epoch, marks.regions());
        pending = false;
        if (why != null) {
            log.info("volume {}: what changed since it was here is not known, so all of it is copied: {}", id, why);
        }
        host.sessions().remove(Sessions.digestsIqn(id, epoch));
    }

    private void compare(VolumeOrder.Digests digests) {
        BlockDevice disk = Objects.requireNonNull(
                host.sessions().ensure(Objects.requireNonNull(digests.login())).disk());
        DigestList known = list == null ? open(digests, disk) : list;
        list = known;
        BlockDevice data = data().device()
                .orElseThrow(() -> new SluiceException(ErrorKind.HOST, "the copy of " + id + " is not active"));
        long last = Math.ceilDiv(tags.originBytes(), known.chunkBytes());
        long slice = marks.isEmpty() ? SLICE : 0;
        for (long read = 0; chunk < last && read < slice; chunk++) {
            read += next(known, disk, data);
        }
        runs.cut(chunk < last);
        marks.apply();
        if (chunk == last && marks.isEmpty()) {
            end(null);
        }
    }

    private DigestList open(VolumeOrder.Digests digests, BlockDevice disk) {
        DigestList expected = new DigestList(digests.exportUid(), epoch, tags.originBytes());
        if (!expected.isHeader(host.ranges().read(disk, 0, DigestList.PAGE))) {
            throw new SluiceException(ErrorKind.HOST, "the hashes are not those of what feeds epoch " + epoch);
        }
        return expected;
    }

    private long next(DigestList known, BlockDevice disk, BlockDevice data) {
        long number = chunk / known.chunksOf(0);
        int place = (int) (chunk - known.firstChunkOf(number));
        if (place == 0 || page.length == 0) {
            byte[] read = host.ranges().read(disk, DigestList.place(number), DigestList.PAGE);
            known.verify(number, read);
            page = read;
        }
        long offset = chunk * known.chunkBytes();
        int length = known.lengthOf(chunk);
        byte[] hash = DigestList.hash(host.ranges().read(data, offset, length));
        runs.add(offset, length, DigestList.has(page, place, hash));
        return length;
    }

    private LogicalVolume data() {
        return stacks.copies()
                .find(id, epoch)
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.NOT_FOUND, "the copy of " + id + " of epoch " + epoch + " is not on this node"));
    }
}
