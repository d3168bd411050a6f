package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.clone.OlderCopyTag;
import dev.sluice.node.clone.UsedMapTag;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.LogicalVolume;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the origin never used is not copied: the engine is told that it is local. Such a region reads as zeros at the origin, and may be marked
 * only where it reads as zeros here too: where nothing was ever written beneath it. A write that was lost with the power may have left bytes
 * beneath a region that reads from the origin ever since. In doubt nothing is marked, and all of it is copied.
 */
final class Unused {
    private static final Logger log = LoggerFactory.getLogger(Unused.class);
    /** How long the origin's node may take to tell. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** One range is marked in one go, while the pod's I/O is held. */
    private static final long LARGEST_RANGE = 512L << 20;

    private static final int ATTEMPTS = 3;

    private final Host host;
    private final VolumeStacks stacks;
    private final String id;
    private final long epoch;
    private final CopyTags tags;
    private final Instant begin;
    private final Marks marks;
    private boolean looked;
    private int failures;
    private volatile boolean pending;

    /** @param nanoTime a clock that is never set, as System.nanoTime */
    Unused(Host host, VolumeStacks stacks, String id, long epoch, Instant begin, LongSupplier nanoTime) {
        this.host = host;
        this.stacks = stacks;
        this.id = id;
        this.epoch = epoch;
        this.begin = begin;
        LogicalVolume data = data();
        this.tags = CopyTags.of(data);
        // Beneath what begins as an older copy are that copy's bytes.
        this.pending = UsedMapTag.regions(data).isEmpty() && !OlderCopyTag.isOn(data);
        this.marks = new Marks(host, stacks, id, epoch, UsedMapTag.regions(data).orElse(0), nanoTime);
    }

    /** Copying waits as long as it is not known what needs no copying. */
    boolean isPending(VolumeOrder order) {
        VolumeOrder.UsedMapOffer offer = order.usedMap();
        return pending && offer != null && !offer.isNone();
    }

    /** Regions that were marked, and are so on the disk. */
    long regions() {
        return marks.regions();
    }

    /** The engine goes back to what its metadata on the disk says: what lies beneath which region is looked at anew. */
    void restart() {
        marks.drop();
    }

    /** As much as may be done at once. One at a time. */
    void step(VolumeOrder order, Instant now) {
        VolumeOrder.UsedMapOffer offer = order.usedMap();
        if (!isPending(order) || offer == null) {
            return;
        }
        String map = offer.map();
        if (map == null) {
            if (now.isAfter(begin.plus(PATIENCE))) {
                end("its node does not tell");
            }
            return;
        }
        try {
            looked &= !marks.clearDropped();
            if (!looked) {
                look(offer, map);
                looked = true;
            }
            marks.apply();
            if (marks.isEmpty()) {
                end(null);
            }
        } catch (SluiceException e) {
            if (++failures < ATTEMPTS) {
                throw e;
            }
            end(e.getMessage());
        }
    }

    /** No more is marked. What is not, is copied. */
    void end(@Nullable String why) {
        if (!pending) {
            return;
        }
        if (looked) {
            record();
        }
        pending = false;
        if (why != null) {
            log.info("volume {}: what its origin never used is not known, so all of it is copied: {}", id, why);
        }
    }

    /** Written down, so that a restart still tells copied from skipped. */
    private void record() {
        stacks.lockedCopy(id, epoch, () -> {
            LogicalVolume data = data();
            CopyTags known = CopyTags.of(data);
            CopyTags counted = known.withSkippedRegions(known.skippedRegions() + marks.regions());
            return host.logicalVolumes().retag(data, known.print(), UsedMapTag.addTo(counted.print(), marks.regions()));
        });
    }

    private void look(VolumeOrder.UsedMapOffer offer, String map) {
        if (offer.bytes() < tags.originBytes()) {
            throw new SluiceException(
                    ErrorKind.HOST, "the map is of " + offer.bytes() + " bytes, of " + tags.originBytes() + " to copy");
        }
        UsedMap origin = UsedMap.parse(map, offer.exportUid(), epoch, offer.bytes());
        UsedMap own = UsedMap.of(tags.originBytes(), host.usedBlocks().of(data()));
        EqualRuns runs = new EqualRuns(tags.regionBytes(), marks::add);
        for (long offset = 0; offset < tags.originBytes(); offset += UsedMap.GRANULE) {
            long bytes = Math.min(UsedMap.GRANULE, tags.originBytes() - offset);
            runs.add(offset, bytes, !origin.isUsed(offset) && !own.isUsed(offset));
            if ((offset + bytes) % LARGEST_RANGE == 0) {
                runs.cut(true);
            }
        }
        runs.cut(false);
    }

    private LogicalVolume data() {
        return stacks.copies()
                .find(id, epoch)
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.NOT_FOUND, "the copy of " + id + " of epoch " + epoch + " is not on this node"));
    }
}
