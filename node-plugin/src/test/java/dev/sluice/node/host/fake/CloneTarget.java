package dev.sluice.node.host.fake;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** dm-clone: reads of what is not hydrated come from the source, partial writes copy first, the bitmap is committed on flush. */
final class CloneTarget implements FakeTarget {
    enum Mode {
        RW(" rw"),
        RO(" ro"),
        FAIL("");

        /** At the end of a status line. */
        private final String word;

        Mode(String word) {
            this.word = word;
        }
    }

    record Setup(
            FakeDevice metadata,
            FakeDevice destination,
            FakeDevice source,
            long regionSectors,
            boolean hydration,
            boolean passdown,
            long threshold,
            long batch) {}

    private static final int USED_METADATA_BLOCKS = 30;
    /** Regions whose reads the kernel joined, where they were of 64 KiB. */
    private static final int MERGED = 16;

    private final Setup setup;
    private final CloneMetadata store;
    private final BitSet hydrated;
    private final long regionBlocks;
    private final long blocks;
    private final int regions;
    private boolean hydration;
    private long threshold;
    private long batch;
    /** Copies that were begun and have not arrived. */
    private final BitSet hydrating = new BitSet();
    /** Of those, batches whose reads wait beneath: the first region of each, and the end. */
    private final Map<Integer, Integer> waiting = new TreeMap<>();

    private boolean foreground;
    private boolean atOnce;
    private Mode mode = Mode.RW;

    CloneTarget(Setup setup, long targetSectors) {
        this.setup = setup;
        this.blocks = targetSectors / FakeHost.SECTORS_PER_BLOCK;
        this.regionBlocks = setup.regionSectors() / FakeHost.SECTORS_PER_BLOCK;
        this.regions = Math.toIntExact(Math.ceilDiv(blocks, regionBlocks));
        this.store = CloneMetadata.open(setup.metadata(), setup.regionSectors(), targetSectors, regions);
        this.hydrated = store.committed();
        this.hydration = setup.hydration();
        this.threshold = setup.threshold();
        this.batch = setup.batch();
    }

    @Override
    public long read(long block) {
        requireAlive();
        return hydrated.get(region(block))
                ? setup.destination().read(block)
                : setup.source().read(block);
    }

    @Override
    public void write(long block, long count, long value) {
        requireAlive();
        for (long each = block; each < block + count; ) {
            int region = region(each);
            long end = Math.min(block + count, regionEnd(region));
            boolean whole = each == regionStart(region) && end - each == regionBlocks;
            if (!hydrated.get(region)) {
                requireWritableMetadata();
                // Where a copy is under way it arrives first.
                hydrating.clear(region);
                if (!whole) {
                    copy(region);
                }
            }
            setup.destination().write(each, end - each, value);
            hydrated.set(region);
            each = end;
        }
    }

    @Override
    public void discard(long block, long count) {
        requireAlive();
        int first = Math.toIntExact(Math.ceilDiv(block, regionBlocks));
        // The kernel rounds the end down: a last, partial region cannot be discarded.
        int end = Math.toIntExact((block + count) / regionBlocks);
        if (mode == Mode.RO || first >= end) {
            return;
        }
        hydrated.set(first, end);
        if (setup.passdown()) {
            long from = regionStart(first);
            setup.destination().discard(from, regionEnd(end - 1) - from);
        }
    }

    @Override
    public void flush() {
        requireAlive();
        if (mode == Mode.RO && !hydrated.equals(store.committed())) {
            throw IoError.failed("clone metadata is read-only");
        }
        setup.destination().flush();
        commit();
    }

    /** Whether a pod has I/O in flight here: no background copy begins then. */
    void foreground(boolean inFlight) {
        foreground = inFlight;
    }

    /** Copies that were begun arrive; then the kernel's background copy, for at most so many regions. The number that was copied. */
    int hydrate(int limit) {
        settle();
        int copied = arrive(limit);
        if (!hydration || threshold == 0 || mode != Mode.RW || foreground) {
            return copied;
        }
        for (int region = nextMissing(0); region < regions && copied < limit; ) {
            int end = region + Math.min(batchEnd(region) - region, limit - copied);
            copied += copyBatch(region, end);
            region = nextMissing(end);
        }
        return copied;
    }

    private int nextMissing(int from) {
        int region = hydrated.nextClearBit(from);
        while (region < regions && hydrating.get(region)) {
            region = hydrated.nextClearBit(region + 1);
        }
        return region;
    }

    /** Adjacent regions that are copied as one, or whose reads become one beneath, and fail as one. */
    private int batchEnd(int region) {
        int end = region + 1;
        long most = setup.source() instanceof DmDevice mapped && mapped.merges ? Math.max(batch, MERGED) : batch;
        while (end < regions && end - region < Math.min(most, threshold) && nextMissing(end) == end) {
            end++;
        }
        return end;
    }

    private int copyBatch(int from, int end) {
        try {
            for (int region = from; region < end; region++) {
                copy(region);
            }
        } catch (IoError e) {
            if (e.isQueued()) {
                hydrating.set(from, end);
                waiting.put(from, end);
            }
            return 0;
        }
        hydrated.set(from, end);
        return end - from;
    }

    /** What waits beneath is sent again whenever anything happens there. */
    private void settle() {
        Map<Integer, Integer> batches = new TreeMap<>(waiting);
        waiting.clear();
        batches.forEach((from, end) -> {
            hydrating.clear(from, end);
            copyBatch(from, end);
        });
    }

    private int arrive(int limit) {
        int arrived = 0;
        for (int region = hydrating.nextSetBit(0);
                region >= 0 && arrived < limit;
                region = hydrating.nextSetBit(region + 1)) {
            if (isWaiting(region)) {
                continue;
            }
            hydrating.clear(region);
            // Also of a region that a discard has marked meanwhile, over whatever was written to it since: as the
            // kernel does.
            try {
                copy(region);
            } catch (IoError e) {
                continue;
            }
            hydrated.set(region);
            arrived++;
        }
        return arrived;
    }

    private boolean isWaiting(int region) {
        return waiting.entrySet().stream().anyMatch(batch -> batch.getKey() <= region && region < batch.getValue());
    }

    void arriveAtOnce(boolean wanted) {
        atOnce = wanted;
    }

    /** The worker begins what the threshold has room for, when nothing else is in flight. */
    private void wake() {
        if (!hydration || mode != Mode.RW || foreground) {
            return;
        }
        for (int region = hydrated.nextClearBit(0);
                region < regions && hydrating.cardinality() < threshold;
                region = hydrated.nextClearBit(region + 1)) {
            hydrating.set(region);
        }
    }

    /** What the once-a-second commit does. */
    void commit() {
        if (mode == Mode.RW) {
            setup.destination().flush();
            store.commit(hydrated);
        }
    }

    boolean isComplete() {
        return hydrated.cardinality() == regions;
    }

    /** A failed commit: the bitmap on disk counts again. */
    void breakMetadata(Mode broken) {
        mode = broken;
        hydrating.clear();
        waiting.clear();
        hydrated.clear();
        hydrated.or(store.committed());
    }

    private void copy(int region) {
        for (long block = regionStart(region); block < regionEnd(region); block++) {
            setup.destination().write(block, 1, setup.source().read(block));
        }
    }

    @Override
    public void suspended() {
        arrive(Integer.MAX_VALUE);
        commit();
    }

    @Override
    public void message(String message) {
        String[] words = message.toLowerCase(Locale.ROOT).split(" ", -1);
        switch (words[0]) {
            case "enable_hydration" -> hydration = true;
            case "disable_hydration" -> hydration = false;
            case "hydration_threshold" -> {
                threshold = Long.parseLong(words[1]);
                wake();
            }
            case "hydration_batch_size" -> batch = Long.parseLong(words[1]);
            default -> throw new SluiceException(ErrorKind.HOST, "clone: Unsupported message: " + message);
        }
    }

    @Override
    public String status(boolean flush) {
        settle();
        if (atOnce) {
            arrive(Integer.MAX_VALUE);
        }
        if (mode == Mode.FAIL) {
            return "Fail";
        }
        if (flush) {
            commit();
        }
        // Built by hand: the plugin looks at each engine several times a second, and a formatter is slow.
        return new StringBuilder(128)
                .append("8 ")
                .append(USED_METADATA_BLOCKS)
                .append('/')
                .append(setup.metadata().blocks())
                .append(' ')
                .append(setup.regionSectors())
                .append(' ')
                .append(hydrated.cardinality())
                .append('/')
                .append(regions)
                .append(' ')
                .append(hydrating.cardinality())
                .append(features())
                .append(" 4 hydration_threshold ")
                .append(threshold)
                .append(" hydration_batch_size ")
                .append(batch)
                .append(mode.word)
                .toString();
    }

    private String features() {
        if (hydration) {
            return setup.passdown() ? " 0" : " 1 no_discard_passdown";
        }
        return setup.passdown() ? " 1 no_hydration" : " 2 no_hydration no_discard_passdown";
    }

    @Override
    public List<FakeDevice> devices() {
        return List.of(setup.metadata(), setup.destination(), setup.source());
    }

    private void requireAlive() {
        if (mode == Mode.FAIL) {
            throw IoError.failed("clone is in fail mode");
        }
    }

    private void requireWritableMetadata() {
        if (mode != Mode.RW) {
            throw IoError.failed("clone metadata is read-only");
        }
    }

    private int region(long block) {
        return Math.toIntExact(block / regionBlocks);
    }

    private long regionStart(int region) {
        return region * regionBlocks;
    }

    private long regionEnd(int region) {
        return Math.min(blocks, (region + 1) * regionBlocks);
    }
}
