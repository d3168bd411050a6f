package dev.sluice.node.host.linux;

import com.sun.nio.file.ExtendedOpenOption;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.BlockDevices;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Sizes and counters from sysfs, content past the caches. */
public final class LinuxBlockDevices implements BlockDevices {
    private static final long SECTOR = 512;
    private static final int ALIGNMENT = 4096;
    private static final int SECTORS_READ = 2;
    private static final int IN_FLIGHT = 8;

    /** Syncs the file system that is mounted from the device, through the device alone. */
    private static final long BLKFLSBUF = 0x1261;

    private final Path sys;
    private final SystemCalls calls;

    LinuxBlockDevices(Path sys, SystemCalls calls) {
        this.sys = sys;
        this.calls = calls;
    }

    @Override
    public long sizeBytes(BlockDevice device) {
        return Long.parseLong(KernelFiles.read(folder(device).resolve("size"))) * SECTOR;
    }

    @Override
    public long bytesRead(BlockDevice device) {
        return counter(device, SECTORS_READ) * SECTOR;
    }

    @Override
    public long inFlight(BlockDevice device) {
        return counter(device, IN_FLIGHT);
    }

    private long counter(BlockDevice device, int which) {
        return Long.parseLong(KernelFiles.read(folder(device).resolve("stat")).split("\\s+", -1)[which]);
    }

    @Override
    public void flush(BlockDevice device) {
        flush(device.path());
    }

    static void flush(String path) {
        try (FileChannel channel = FileChannel.open(Path.of(path), StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw new SluiceException(ErrorKind.HOST, "flush " + path + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void sync(BlockDevice device) {
        int descriptor = calls.open(device.path(), 0);
        try {
            int errno = calls.ioctl(descriptor, BLKFLSBUF, new byte[Long.BYTES]);
            if (errno != 0) {
                throw new SluiceException(ErrorKind.HOST, "sync " + device.path() + ": " + calls.message(errno));
            }
        } finally {
            calls.close(descriptor);
        }
    }

    @Override
    public byte[] read(BlockDevice device, int bytes) {
        return read(device, 0, bytes);
    }

    /** The memory is given back at once: what is left to the collector would add up over a whole volume. */
    static byte[] read(BlockDevice device, long offset, int bytes) {
        byte[] read = new byte[bytes];
        try (Arena memory = Arena.ofConfined();
                FileChannel channel =
                        FileChannel.open(Path.of(device.path()), StandardOpenOption.READ, ExtendedOpenOption.DIRECT)) {
            ByteBuffer content = memory.allocate(Math.ceilDiv(bytes, ALIGNMENT) * (long) ALIGNMENT, ALIGNMENT)
                    .asByteBuffer()
                    .limit(bytes);
            while (content.hasRemaining()) {
                if (channel.read(content, offset + content.position()) < 0) {
                    throw new IOException("it ends after " + (offset + content.position()) + " bytes");
                }
            }
            content.flip().get(read);
        } catch (IOException e) {
            throw new SluiceException(ErrorKind.HOST, "read " + device.path() + ": " + e.getMessage(), e);
        }
        return read;
    }

    /** A buffered write that is on the medium when it returns: readers beneath the page cache see it. */
    @Override
    public void write(BlockDevice device, byte[] content) {
        write(device, 0, content);
    }

    static void write(BlockDevice device, long offset, byte[] content) {
        ByteBuffer left = ByteBuffer.wrap(content);
        try (FileChannel channel = FileChannel.open(Path.of(device.path()), StandardOpenOption.WRITE)) {
            while (left.hasRemaining()) {
                channel.write(left, offset + left.position());
            }
            channel.force(true);
        } catch (IOException e) {
            throw new SluiceException(ErrorKind.HOST, "write " + device.path() + ": " + e.getMessage(), e);
        }
    }

    private Path folder(BlockDevice device) {
        return sys.resolve("dev/block").resolve(device.number());
    }
}
