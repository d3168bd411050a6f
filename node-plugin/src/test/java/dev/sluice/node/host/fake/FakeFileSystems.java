package dev.sluice.node.host.fake;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.FileSystems;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;

/** A file system is its magic in block 0, which a snapshot or a clone carries; every block that is neither 0 nor FREED is in use. */
final class FakeFileSystems implements FileSystems {
    private static final List<String> TYPES = List.of("ext4", "xfs", "btrfs");
    private static final long MAGIC = 0x6673L << 48;
    private static final long INODES = 65_536;

    private final FakeKernel kernel;
    private final FakeMounts mounts;
    private final Faults faults;
    private long made;

    FakeFileSystems(FakeKernel kernel, FakeMounts mounts, Faults faults) {
        this.kernel = kernel;
        this.mounts = mounts;
        this.faults = faults;
    }

    static Optional<String> typeOf(long superblock) {
        int type = (int) (superblock >>> 40) & 0xff;
        boolean magic = (superblock & (0xffffL << 48)) == MAGIC;
        return magic && type < TYPES.size() ? Optional.of(TYPES.get(type)) : Optional.empty();
    }

    @Override
    public void make(BlockDevice device, String fsType, boolean zeros, List<String> options) {
        faults.mutate("FileSystems.make " + device.path() + " " + fsType + " " + options, () -> {
            int type = TYPES.indexOf(fsType);
            if (type < 0) {
                throw new SluiceException(ErrorKind.INVALID, "unknown file system " + fsType);
            }
            FakeDevice formatted = kernel.device(device);
            if (zeros && !readsAsZeros(formatted)) {
                throw new IllegalStateException(device.path() + " was said to read as zeros, and does not");
            }
            formatted.write(0, 1, MAGIC | ((long) type << 40) | (++made & 0xffff_ffffL));
            formatted.flush();
        });
    }

    /** Block 0 aside, which an earlier try may have written. */
    private static boolean readsAsZeros(FakeDevice device) {
        return LongStream.range(1, device.blocks()).allMatch(block -> device.read(block) == 0);
    }

    @Override
    public void ensureUuid(BlockDevice device, String fsType, UUID uuid) {
        long identity = uuid.hashCode() & 0xffff_ffffL;
        FakeDevice renamed = kernel.device(device);
        boolean concerned = fsType.equals("btrfs")
                && faults.look("FileSystems.uuid " + device.path(), () -> renamed.read(0) & 0xffff_ffffL) != identity;
        if (concerned) {
            faults.mutate("FileSystems.ensureUuid " + device.path(), () -> {
                long superblock = renamed.read(0);
                if (!typeOf(superblock).equals(Optional.of(fsType))) {
                    throw new SluiceException(ErrorKind.HOST, device.path() + " has no " + fsType);
                }
                renamed.write(0, 1, (superblock & ~0xffff_ffffL) | identity);
                renamed.flush();
            });
        }
    }

    @Override
    public long trim(Path mountPoint) {
        return faults.mutate("FileSystems.trim " + mountPoint, () -> {
            FakeDevice device = mounts.deviceAt(mountPoint);
            if (!device.canDiscard()) {
                return 0L;
            }
            long trimmed = 0;
            long start = -1;
            for (long block = 0; block <= device.blocks(); block++) {
                boolean unused = block < device.blocks() && device.isUnused(block);
                if (unused && start < 0) {
                    start = block;
                } else if (!unused && start >= 0) {
                    device.discard(start, block - start);
                    trimmed += (block - start) * FakeHost.BLOCK;
                    start = -1;
                }
            }
            return trimmed;
        });
    }

    /** There is no journal: what is in memory is all there is to write. */
    @Override
    public void checkpoint(Path mountPoint) {
        faults.mutate(
                "FileSystems.checkpoint " + mountPoint, () -> kernel.pageCache.writeBack(mounts.deviceAt(mountPoint)));
    }

    @Override
    public void grow(BlockDevice device, Path mountPoint, String fsType) {
        faults.mutate("FileSystems.grow " + device.path() + " " + mountPoint, () -> {
            FakeDevice mounted = mounts.deviceAt(mountPoint);
            if (!mounted.identity().equals(device)) {
                throw new SluiceException(ErrorKind.HOST, mountPoint + " is not " + device.path());
            }
        });
    }

    @Override
    public Usage usage(Path mountPoint) {
        return faults.look("FileSystems.usage " + mountPoint, () -> {
            FakeDevice device = mounts.deviceAt(mountPoint);
            long used = 0;
            for (long block = 0; block < device.blocks(); block++) {
                used += device.isUnused(block) ? 0 : FakeHost.BLOCK;
            }
            return new Usage(device.sizeBytes(), used, device.sizeBytes() - used, INODES, 1, INODES - 1);
        });
    }
}
