package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.FileSystems;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** mkfs, sync, fstrim and the growing tools of the host; what they have no word for by system call. */
public final class LinuxFileSystems implements FileSystems {
    private static final Duration SLOW = Duration.ofMinutes(5);
    /** A snapshot waits for it, and is taken without it. */
    private static final Duration SYNC = Duration.ofMinutes(1);

    private static final Pattern TRIMMED = Pattern.compile("(\\d+) bytes\\)? trimmed");
    /** _IOW('f', 43, __u32), since Linux 5.14. */
    private static final long EXT4_IOC_CHECKPOINT = 0x4004662BL;

    /** _IOW(0x94, 3, struct btrfs_ioctl_vol_args). */
    private static final long BTRFS_IOC_RESIZE = 0x50009403L;

    private static final int BTRFS_ARGUMENTS = 4096;
    /** Of nsenter, when there is no such program. */
    private static final int NOT_FOUND = 127;

    /** Of mkfs.ext4, since e2fsprogs 1.47. */
    private static final String ZEROS = "assume_storage_prezeroed";

    private static final int STATVFS = 256;
    private static final int O_DIRECTORY = 0x10000;

    private final Processes processes;
    private final SystemCalls calls;

    LinuxFileSystems(Processes processes, SystemCalls calls) {
        this.processes = processes;
        this.calls = calls;
    }

    @Override
    public void make(BlockDevice device, String fsType, boolean zeros, List<String> options) {
        List<String> command = makeCommand(device, fsType, zeros, options);
        CommandResult result = processes.run(SLOW, command);
        if (zeros && result.err().contains(ZEROS)) {
            // Before e2fsprogs 1.47. The kernel writes zeros to the inode tables once the file system is mounted, as it
            // does by default.
            command = makeCommand(device, fsType, false, options);
            result = processes.run(SLOW, command);
        }
        if (result.exit() == NOT_FOUND) {
            throw new SluiceException(
                    ErrorKind.HOST,
                    command.getFirst() + " is not on this node: install " + packageOf(fsType) + " there");
        }
        result.require("make " + fsType + " on " + device.path());
    }

    private static String packageOf(String fsType) {
        return switch (fsType) {
            case "ext4" -> "e2fsprogs";
            case "xfs" -> "xfsprogs";
            default -> fsType + "-progs";
        };
    }

    /**
     * Nothing is discarded, a fresh thin volume has nothing to discard; and where it reads as zeros anyway, no zeros are written to inode
     * tables, which in a thin pool would take room, and in a clone the way over the network. Of options given twice the tools take the last.
     * Never mkfs.btrfs -U: it would look at every device of the host, and wait for those that are away.
     */
    static List<String> makeCommand(BlockDevice device, String fsType, boolean zeros, List<String> options) {
        List<String> command = new ArrayList<>(
                switch (fsType) {
                    case "ext4" ->
                        List.of(
                                "mkfs.ext4",
                                "-q",
                                "-F",
                                "-m",
                                "0",
                                "-E",
                                "lazy_itable_init=1,lazy_journal_init=1,nodiscard" + (zeros ? "," + ZEROS + "=1" : ""));
                    case "xfs" -> List.of("mkfs.xfs", "-q", "-f", "-K");
                    case "btrfs" -> List.of("mkfs.btrfs", "-q", "-f", "-K");
                    default ->
                        throw new SluiceException(ErrorKind.INVALID, "file system " + fsType + " is not offered");
                });
        command.addAll(options);
        command.add(device.path());
        return List.copyOf(command);
    }

    @Override
    public void ensureUuid(BlockDevice device, String fsType, UUID uuid) {
        if (!fsType.equals("btrfs")) {
            return;
        }
        try (FileChannel channel =
                FileChannel.open(Path.of(device.path()), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            new BtrfsSuperblocks(channel, device.path()).ensureUuid(uuid);
        } catch (IOException e) {
            throw new SluiceException(
                    ErrorKind.HOST, "superblock of btrfs on " + device.path() + ": " + e.getMessage(), e);
        }
    }

    /** By a process of its own: what waits in the kernel for an origin that is away, or for the end of a pause, cannot be killed. */
    @Override
    public long trim(Path mountPoint) {
        CommandResult result = processes.run(SLOW, "fstrim", "--verbose", mountPoint.toString());
        if (!result.succeeded() && result.err().contains("not supported")) {
            return 0;
        }
        result.require("trim " + mountPoint);
        return trimmedBytes(result.out());
    }

    /** Of {@code /data: 1.9 GiB (2040373248 bytes) trimmed}. */
    static long trimmedBytes(String printed) {
        Matcher bytes = TRIMMED.matcher(printed);
        if (!bytes.find()) {
            throw new SluiceException(ErrorKind.HOST, "fstrim says something else than what it trimmed: " + printed);
        }
        return Long.parseLong(bytes.group(1));
    }

    @Override
    public void checkpoint(Path mountPoint) {
        processes.run(SYNC, "sync", "--file-system", mountPoint.toString()).require("sync " + mountPoint);
        var unused = request(mountPoint, "checkpoint", EXT4_IOC_CHECKPOINT, new byte[Integer.BYTES]);
    }

    /** False when the file system, or the device under it, has no such request. */
    private boolean request(Path mountPoint, String name, long request, byte[] buffer) {
        int errno = control(mountPoint, request, buffer);
        if (errno == SystemCalls.EOPNOTSUPP || errno == SystemCalls.ENOTTY) {
            return false;
        }
        if (errno != 0) {
            throw new SluiceException(ErrorKind.HOST, name + " " + mountPoint + ": " + calls.message(errno));
        }
        return true;
    }

    private int control(Path mountPoint, long request, byte[] buffer) {
        int descriptor = calls.open(mountPoint.toString(), O_DIRECTORY);
        try {
            return calls.ioctl(descriptor, request, buffer);
        } finally {
            calls.close(descriptor);
        }
    }

    @Override
    public void grow(BlockDevice device, Path mountPoint, String fsType) {
        if (fsType.equals("btrfs")) {
            growBtrfs(mountPoint);
            return;
        }
        List<String> command = fsType.equals("xfs")
                ? List.of("xfs_growfs", "-d", mountPoint.toString())
                : List.of("resize2fs", device.path());
        processes.run(SLOW, command).require("grow " + fsType + " on " + mountPoint);
    }

    private void growBtrfs(Path mountPoint) {
        byte[] arguments = new byte[BTRFS_ARGUMENTS];
        byte[] size = "max".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(size, 0, arguments, Long.BYTES, size.length);
        if (!request(mountPoint, "grow", BTRFS_IOC_RESIZE, arguments)) {
            throw new SluiceException(ErrorKind.HOST, "grow btrfs on " + mountPoint + ": the kernel cannot");
        }
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
