package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.DeviceRanges;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Direct I/O, an ioctl, and the software limit of a queue in sysfs. */
final class LinuxDeviceRanges implements DeviceRanges {
    /** A range of bytes: where it begins, how long it is. */
    private static final long BLKDISCARD = 0x1277;

    private static final String MERGES = "0";
    private static final String NO_MERGES = "2";

    private final Path sys;
    private final SystemCalls calls;

    LinuxDeviceRanges(Path sys, SystemCalls calls) {
        this.sys = sys;
        this.calls = calls;
    }

    @Override
    public byte[] read(BlockDevice device, long offset, int bytes) {
        return LinuxBlockDevices.read(device, offset, bytes);
    }

    @Override
    public void write(BlockDevice device, long offset, byte[] content) {
        LinuxBlockDevices.write(device, offset, content);
    }

    @Override
    public void discard(BlockDevice device, long offset, long bytes) {
        int descriptor = calls.open(device.path(), Libc.O_RDWR);
        try {
            int errno = calls.ioctl(descriptor, BLKDISCARD, range(offset, bytes));
            if (errno != 0) {
                throw new SluiceException(ErrorKind.HOST, "discard on " + device.path() + ": " + calls.message(errno));
            }
        } finally {
            calls.close(descriptor);
        }
    }

    static byte[] range(long offset, long bytes) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(offset)
                .putLong(bytes)
                .array();
    }

    /** The kernel refuses any discard that meets a queue with the limit 0, wherever it comes from. */
    @Override
    public void letDiscards(BlockDevice device, boolean pass) {
        Path queue = queue(device);
        Path limit = queue.resolve("discard_max_bytes");
        boolean passes = number(limit) > 0;
        if (passes == pass) {
            return;
        }
        KernelFiles.write(limit, String.valueOf(pass ? most(queue) : 0));
        if (!pass && number(limit) > 0) {
            throw new SluiceException(ErrorKind.HOST, limit + " does not become 0: discards would pass");
        }
    }

    @Override
    public void letMerge(BlockDevice device, boolean merge) {
        KernelFiles.write(queue(device).resolve("nomerges"), merge ? MERGES : NO_MERGES);
    }

    private Path queue(BlockDevice device) {
        return sys.resolve("dev/block").resolve(device.number()).resolve("queue");
    }

    /** In whole granules, or it is refused. */
    private static long most(Path queue) {
        long most = number(queue.resolve("discard_max_hw_bytes"));
        long granule = number(queue.resolve("discard_granularity"));
        return granule > 0 ? most / granule * granule : most;
    }

    private static long number(Path file) {
        return Long.parseLong(KernelFiles.read(file));
    }
}
