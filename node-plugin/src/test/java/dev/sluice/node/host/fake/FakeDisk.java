package dev.sluice.node.host.fake;

import dev.sluice.node.host.ByteRange;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

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

    /** What is mapped, in whole chunks of so many blocks. */
    List<ByteRange> mappedRanges(long chunkBlocks) {
        TreeSet<Long> chunks = new TreeSet<>();
        Stream.concat(durable.keySet().stream(), cached.keySet().stream())
                .filter(this::isMapped)
                .forEach(block -> chunks.add(block / chunkBlocks));
        return chunks.stream()
                .map(chunk -> new ByteRange(chunk * chunkBlocks, chunkBlocks))
                .toList();
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
