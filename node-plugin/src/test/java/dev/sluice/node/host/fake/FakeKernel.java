package dev.sluice.node.host.fake;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The block devices of one running kernel, by device number. */
final class FakeKernel {
    private static final int MAPPER_MAJOR = 253;
    private static final int SCSI_MAJOR = 8;

    final FakePageCache pageCache = new FakePageCache();
    private final Map<String, FakeDevice> devices = new LinkedHashMap<>();
    /** Runs only when a test says so. */
    long nanoTime;

    private int nextMinor;
    private int nextDisk = 1;

    BlockDevice nextMapped() {
        int minor = nextMinor++;
        return new BlockDevice("/dev/dm-" + minor, MAPPER_MAJOR, minor);
    }

    BlockDevice nextDisk() {
        int disk = nextDisk++;
        return new BlockDevice("/dev/sd" + (char) ('a' + disk), SCSI_MAJOR, disk * 16);
    }

    void add(FakeDevice device) {
        devices.put(device.identity().number(), device);
    }

    void remove(FakeDevice device) {
        devices.remove(device.identity().number());
    }

    FakeDevice device(BlockDevice identity) {
        return device(identity.number());
    }

    /** By major:minor or by path. */
    FakeDevice device(String reference) {
        return find(reference)
                .orElseThrow(() -> new SluiceException(ErrorKind.HOST, reference + ": no such block device"));
    }

    Optional<FakeDevice> find(String reference) {
        FakeDevice byNumber = devices.get(reference);
        if (byNumber != null) {
            return Optional.of(byNumber);
        }
        return devices.values().stream()
                .filter(device -> device.identity().path().equals(reference))
                .findFirst();
    }

    void losePower() {
        devices.clear();
        pageCache.losePower();
        nextMinor = 0;
        nextDisk = 1;
    }
}
