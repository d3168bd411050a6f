package dev.sluice.node.stack;

import dev.sluice.api.RegionErrors;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.RegionMap;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.IscsiSession;
import dev.sluice.node.host.LogicalVolume;
import java.util.List;

/** Which of the regions that are missing the origin's disk cannot read: each is tried, one after the other. */
final class BadRegions {
    /** So many are tried and listed; each that can be read crosses the wire for it. */
    static final int MOST = 64;

    private final Host host;
    private final String id;
    private final long epoch;

    BadRegions(Host host, String id, long epoch) {
        this.host = host;
        this.id = id;
        this.epoch = epoch;
    }

    /**
     * What is missing, all that was tried of it unreadable.
     *
     * @param missing regions that are not local
     * @param offsets in bytes, of the regions that were tried
     */
    record Found(long regionBytes, long missing, List<Long> offsets) {
        boolean isAll() {
            return offsets.size() == missing;
        }

        /** Counted is what was tried. */
        RegionErrors summary() {
            return new RegionErrors(
                    offsets.size(),
                    regionBytes,
                    offsets.stream().limit(RegionErrors.MOST).toList());
        }
    }

    /** The regions that are missing, whether they can be read or not. */
    Found missing(String group) {
        BlockDevice metadata = host.logicalVolumes()
                .find(group, Names.metadataVolume(Names.copy(id, epoch)))
                .flatMap(LogicalVolume::device)
                .orElseThrow(() -> new SluiceException(ErrorKind.HOST, "the metadata volume of " + id + " is away"));
        RegionMap.Missing missing = RegionMap.missing(
                block -> host.ranges().read(metadata, block * RegionMap.BLOCK, RegionMap.BLOCK), MOST);
        return new Found(
                missing.regionBytes(),
                missing.count(),
                missing.first().stream()
                        .map(region -> region * missing.regionBytes())
                        .toList());
    }

    /** Whether any of them can be read. UNAVAILABLE when the origin went away meanwhile: then nothing is known. */
    boolean anyReadable(Found found) {
        long size = host.blockDevices().sizeBytes(disk());
        for (long offset : found.offsets()) {
            try {
                // The last one may be partial.
                host.ranges().read(disk(), offset, (int) Math.min(found.regionBytes(), size - offset));
                return true;
            } catch (SluiceException unreadable) {
                disk();
            }
        }
        return false;
    }

    private BlockDevice disk() {
        return Sessions.ofCopy(host, id, epoch)
                .filter(IscsiSession::connected)
                .map(IscsiSession::disk)
                .orElseThrow(() -> new SluiceException(ErrorKind.UNAVAILABLE, "no session with the origin of " + id));
    }
}
