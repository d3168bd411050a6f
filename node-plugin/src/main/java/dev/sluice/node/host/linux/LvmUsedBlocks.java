package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.ByteRange;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.TableLine;
import dev.sluice.node.host.UsedBlocks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What thin volumes use, by thin_dump on a snapshot of their pool's metadata. Devices are found by what the kernel has, not by their links. */
public final class LvmUsedBlocks implements UsedBlocks {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final DmControl control;
    private final Processes processes;
    private final MetadataSnapshot snapshot;

    /** @param folder on a disk, for what must be known after a crash */
    LvmUsedBlocks(DmControl control, Processes processes, Path folder) {
        this.control = control;
        this.processes = processes;
        this.snapshot = new MetadataSnapshot(folder);
    }

    @Override
    public List<ByteRange> of(LogicalVolume volume) {
        String group = volume.volumeGroup();
        String name = volume.pool();
        if (name == null) {
            throw new SluiceException(ErrorKind.HOST, "logical volume " + group + "/" + volume.name() + " is not thin");
        }
        DmReply pool = LvmPools.live(control, group, name)
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.UNAVAILABLE, "thin pool " + group + "/" + name + " is not active"));
        ThinPoolTable table = ThinPoolTable.parse(pool.lines());
        if (!table.zeroes()) {
            throw new SluiceException(
                    ErrorKind.HOST,
                    "thin pool " + group + "/" + name
                            + " does not zero new blocks: what was not written need not read as zeros. lvchange --zero y");
        }
        int device = thinId(volume, pool.device());
        return snapshot.during(new LivePool(pool.name(), group, name), () -> {
            ThinDump dump = new ThinDump(device, table.chunkBytes());
            processes
                    .lines(DEADLINE, command(device, table.metadata()), dump::line)
                    .require("read what " + group + "/" + volume.name() + " uses");
            // The number is still that of the very same volume, so it was all the time.
            thinId(volume, pool.device());
            return dump.ranges();
        });
    }

    static List<String> command(int device, String metadata) {
        String minor = metadata.substring(metadata.indexOf(':') + 1);
        return List.of("thin_dump", "-m", "--dev-id", String.valueOf(device), "/dev/dm-" + minor);
    }

    @Override
    public void sweep(PoolSettings pool) {
        LvmPools.live(control, pool.volumeGroup(), pool.thinPool())
                .ifPresent(live -> snapshot.release(new LivePool(live.name(), pool.volumeGroup(), pool.thinPool())));
    }

    /** The volume's number in the pool; of one with an external origin what is not mapped does not read as zeros. */
    private int thinId(LogicalVolume volume, BlockDevice pool) {
        DmReply reply = control.describe(LvmDevices.name(volume.volumeGroup(), volume.name()))
                .filter(found -> LvmDevices.isOf(found.uuid(), volume.uuid()))
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.HOST,
                        "logical volume " + volume.volumeGroup() + "/" + volume.name() + " is not active, or another"));
        List<TableLine> lines = reply.lines();
        List<String> words =
                lines.size() == 1 ? List.of(lines.getFirst().arguments().split(" ", -1)) : List.of();
        if (words.size() != 2
                || !lines.getFirst().type().equals("thin")
                || !words.getFirst().equals(pool.number())) {
            throw new SluiceException(
                    ErrorKind.HOST,
                    "logical volume " + volume.volumeGroup() + "/" + volume.name() + " is not simply thin: " + lines);
        }
        return Integer.parseInt(words.getLast());
    }

    private final class LivePool implements MetadataSnapshot.Pool {
        private final String device;
        private final String group;
        private final String pool;

        LivePool(String device, String group, String pool) {
            this.device = device;
            this.group = group;
            this.pool = pool;
        }

        @Override
        public String name() {
            return group + "-" + pool;
        }

        @Override
        public boolean holdsSnapshot() {
            DmRequest request = new DmRequest().name(device).flags(DmRequest.NOFLUSH);
            return ThinPoolTable.holdsSnapshot(
                    control.call(DmControl.TABLE_STATUS, request).lines().getFirst());
        }

        @Override
        public void message(String message) {
            control.call(DmControl.MESSAGE, new DmRequest().name(device).message(message));
        }
    }
}
