package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.FileSystems;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** mkfs, blkid and the growing tools of the host; FITRIM, checkpoint and statvfs by system call. */
public final class LinuxFileSystems implements FileSystems {
    private static final Duration QUICK = Duration.ofSeconds(30);
    private static final Duration SLOW = Duration.ofMinutes(5);
    /** _IOWR('X', 121, struct fstrim_range). */
    private static final long FITRIM = 0xC0185879L;
    /** _IOW('f', 43, __u32), since Linux 5.14. */
    private static final long EXT4_IOC_CHECKPOINT = 0x4004662BL;

    private static final int TRIM_RANGE = 24;
    private static final int BLKID_NOTHING = 2;
    private static final int STATVFS = 256;
    private static final int O_DIRECTORY = 0x10000;

    private final Processes processes;
    private final SystemCalls calls;

    LinuxFileSystems(Processes processes, SystemCalls calls) {
        this.processes = processes;
        this.calls = calls;
    }

    @Override
    public Optional<String> find(BlockDevice device) {
        Optional<String> ours = recognise(device);
        return ours.isPresent() ? ours : askBlkid(device);
    }

    private static Optional<String> recognise(BlockDevice device) {
        ByteBuffer start = ByteBuffer.allocate(Superblocks.BYTES);
        try (FileChannel channel = FileChannel.open(Path.of(device.path()), StandardOpenOption.READ)) {
            channel.read(start, 0);
        } catch (IOException e) {
            throw new SluiceException(ErrorKind.HOST, "read " + device.path() + ": " + e.getMessage(), e);
        }
        return Superblocks.recognise(start);
    }

    private Optional<String> askBlkid(BlockDevice device) {
        CommandResult result = processes.run(QUICK, "blkid", "-p", "-s", "TYPE", "-o", "value", device.path());
        if (result.exit() == BLKID_NOTHING) {
            return Optional.empty();
        }
        return Optional.of(result.require("look for a file system on " + device.path())
                        .strip())
                .filter(type -> !type.isEmpty());
    }

    @Override
    public void make(BlockDevice device, String fsType) {
        processes.run(SLOW, makeCommand(device, fsType)).require("make " + fsType + " on " + device.path());
    }

    /** Nothing is discarded, a fresh thin volume has nothing to discard; inode tables are written when they are needed. */
    static List<String> makeCommand(BlockDevice device, String fsType) {
        return switch (fsType) {
            case "ext4" ->
                List.of(
                        "mkfs.ext4",
                        "-q",
                        "-F",
                        "-m",
                        "0",
                        "-E",
                        "lazy_itable_init=1,lazy_journal_init=1,nodiscard",
                        device.path());
            case "xfs" -> List.of("mkfs.xfs", "-q", "-f", "-K", device.path());
            default -> throw new SluiceException(ErrorKind.INVALID, "file system " + fsType + " is not offered");
        };
    }

    @Override
    public long trim(Path mountPoint) {
        byte[] range = new byte[TRIM_RANGE];
        DmRequest.over(range).putLong(Long.BYTES, Long.MAX_VALUE);
        return request(mountPoint, "trim", FITRIM, range)
                ? DmRequest.over(range).getLong(Long.BYTES)
                : 0;
    }

    @Override
    public void checkpoint(Path mountPoint) {
        var unused = request(mountPoint, "checkpoint", EXT4_IOC_CHECKPOINT, new byte[Integer.BYTES]);
    }

    /** False when the file system, or the device under it, has no such request. */
    private boolean request(Path mountPoint, String name, long request, byte[] buffer) {
        int descriptor = calls.open(mountPoint.toString(), O_DIRECTORY);
        try {
            int errno = calls.ioctl(descriptor, request, buffer);
            if (errno == SystemCalls.EOPNOTSUPP || errno == SystemCalls.ENOTTY) {
                return false;
            }
            if (errno != 0) {
                throw new SluiceException(ErrorKind.HOST, name + " " + mountPoint + ": " + calls.message(errno));
            }
            return true;
        } finally {
            calls.close(descriptor);
        }
    }

    @Override
    public void grow(BlockDevice device, Path mountPoint, String fsType) {
        List<String> command = fsType.equals("xfs")
                ? List.of("xfs_growfs", "-d", mountPoint.toString())
                : List.of("resize2fs", device.path());
        processes.run(SLOW, command).require("grow " + fsType + " on " + mountPoint);
    }

    @Override
    public Usage usage(Path mountPoint) {
        byte[] buffer = new byte[STATVFS];
        int errno = calls.statvfs(mountPoint.toString(), buffer);
        if (errno != 0) {
            throw new SluiceException(ErrorKind.HOST, "statvfs " + mountPoint + ": " + calls.message(errno));
        }
        ByteBuffer words = DmRequest.over(buffer);
        words.getLong();
        long unit = words.getLong();
        long blocks = words.getLong();
        long free = words.getLong();
        long available = words.getLong();
        long inodes = words.getLong();
        long freeInodes = words.getLong();
        return new Usage(
                blocks * unit, (blocks - free) * unit, available * unit, inodes, inodes - freeInodes, freeInodes);
    }
}
