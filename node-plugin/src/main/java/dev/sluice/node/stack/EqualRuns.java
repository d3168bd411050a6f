package dev.sluice.node.stack;

import java.util.function.Consumer;

/** Joins chunks that were found equal, one after the other, to ranges of whole regions. */
final class EqualRuns {
    private final long regionBytes;
    private final Consumer<Reuse.Range> found;
    private long begin;
    private long end;

    EqualRuns(long regionBytes, Consumer<Reuse.Range> found) {
        this.regionBytes = regionBytes;
        this.found = found;
    }

    /** The chunk after the last one that was added. */
    void add(long offset, long bytes, boolean equal) {
        if (begin == end) {
            begin = offset;
            end = offset;
        }
        if (equal) {
            end = offset + bytes;
        } else {
            cut(false);
        }
    }

    /**
     * Tells of what is known by now.
     *
     * @param goesOn whether what is left of a region may still become whole with the next chunk
     */
    void cut(boolean goesOn) {
        long from = Math.ceilDiv(begin, regionBytes) * regionBytes;
        long to = end / regionBytes * regionBytes;
        if (from < to) {
            found.accept(new Reuse.Range(from, to - from));
            begin = to;
        }
        if (!goesOn) {
            begin = end;
        }
    }
}
