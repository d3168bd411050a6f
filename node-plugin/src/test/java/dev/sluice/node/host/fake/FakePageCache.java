package dev.sluice.node.host.fake;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What mounted file systems have in memory. Devices, and snapshots of them, show it once it is written out: by a sync, by a freeze, at the
 * unmount. Frozen, a file system takes no writes; to be thawed it writes its superblock.
 */
final class FakePageCache {
    private final Map<FakeDevice, Map<Long, Long>> dirty = new HashMap<>();
    private final Set<FakeDevice> frozen = new HashSet<>();

    void mount(FakeDevice device) {
        dirty.putIfAbsent(device, new HashMap<>());
    }

    void unmount(FakeDevice device) {
        writeBack(device);
        dirty.remove(device);
    }

    void write(FakeDevice device, long block, long value) {
        Map<Long, Long> pages = dirty.get(device);
        if (pages == null) {
            throw IoError.failed(device.identity().path() + " is not mounted");
        }
        if (frozen.contains(device)) {
            throw IoError.queued("the file system on " + device.identity().path() + " is frozen");
        }
        pages.put(block, value);
    }

    /** Nothing, where no file system is mounted. */
    void writeBack(FakeDevice device) {
        Map<Long, Long> pages = dirty.getOrDefault(device, Map.of());
        if (!pages.isEmpty()) {
            pages.forEach((block, value) -> device.write(block, 1, value));
            device.flush();
            pages.clear();
        }
    }

    void freeze(FakeDevice device) {
        writeBack(device);
        if (dirty.containsKey(device)) {
            frozen.add(device);
        }
    }

    void thaw(FakeDevice device) {
        if (frozen.remove(device)) {
            device.write(0, 1, device.read(0));
        }
    }

    void losePower() {
        dirty.clear();
        frozen.clear();
    }
}
