package dev.sluice.node.host.fake;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Sparse content with a volatile write cache in front of it. */
final class FakeDisk {
    private final long unwritten;
    private final Map<Long, Long> durable = new TreeMap<>();
    /** Newer than durable; null value = discarded. */
    private final Map<Long, Long> cached = new TreeMap<>();

    private long mapped;

    FakeDisk(long unwritten) {
        this.unwritten = unwritten;
    }

    long read(long block) {
        Long value = cached.containsKey(block) ? cached.get(block) : durable.get(block);
        return Objects.requireNonNullElse(value, unwritten);
    }

    void write(long block, long value) {
        mapped += isMapped(block) ? 0 : 1;
        cached.put(block, value);
    }

    void discard(long block) {
        mapped -= isMapped(block) ? 1 : 0;
        cached.put(block, null);
    }

    boolean isMapped(long block) {
        return cached.containsKey(block) ? cached.get(block) != null : durable.containsKey(block);
    }

    long mappedBlocks() {
        return mapped;
    }

    void flush() {
        cached.forEach((block, value) -> {
            if (value == null) {
                durable.remove(block);
            } else {
                durable.put(block, value);
            }
        });
        cached.clear();
    }

    void losePower() {
        cached.clear();
        mapped = durable.size();
    }

    /** What dm-thin does: the origin is suspended, hence flushed, and the copy is whole. */
    FakeDisk snapshot() {
        flush();
        FakeDisk copy = new FakeDisk(unwritten);
        copy.durable.putAll(durable);
        copy.mapped = durable.size();
        return copy;
    }
}
