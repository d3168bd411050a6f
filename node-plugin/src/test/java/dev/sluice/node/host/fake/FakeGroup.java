package dev.sluice.node.host.fake;

import java.util.LinkedHashMap;
import java.util.Map;

/** A volume group with its thin pool. */
final class FakeGroup {
    private static final long DEFAULT_POOL = 64L << 30;
    private static final long DEFAULT_FREE = 4L << 30;

    final String name;
    final String uuid;
    final Map<String, FakeVolume> volumes = new LinkedHashMap<>();
    boolean poolMade;
    FakeUsedBlocks.Held metadataSnapshot = FakeUsedBlocks.Held.NOT;
    long poolBytes = DEFAULT_POOL;
    long groupBytes = DEFAULT_FREE;
    private int created;

    FakeGroup(String host, String name) {
        this.name = name;
        this.uuid = "vg-" + host + "-" + name;
    }

    String nextUuid(String volume) {
        return "lv-" + uuid + "-" + volume + "-" + ++created;
    }

    int nextThinId() {
        return created;
    }

    long usedPoolBytes() {
        return volumes.values().stream()
                .filter(volume -> volume.pool != null)
                .mapToLong(volume -> volume.disk.mappedBlocks() * FakeHost.BLOCK)
                .sum();
    }

    long freeBytes() {
        long plain = volumes.values().stream()
                .filter(volume -> volume.pool == null)
                .mapToLong(volume -> volume.sizeBytes)
                .sum();
        return groupBytes - plain;
    }

    void requireRoomInPool() {
        if (usedPoolBytes() + FakeHost.BLOCK > poolBytes) {
            throw IoError.failed("thin pool of " + name + " is full");
        }
    }
}
