package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.time.Duration;
import jnr.ffi.LastError;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;

/** {@link Libc} with buffers as byte arrays and results as errno: 0 is success. */
final class SystemCalls {
    static final int ENOENT = 2;
    static final int ENXIO = 6;
    static final int EBUSY = 16;
    static final int EINVAL = 22;
    static final int ENOTTY = 25;
    static final int ENOSYS = 38;
    static final int EOPNOTSUPP = 95;

    /** Numbers of system calls; those since Linux 5.0 are the same on all architectures. */
    static final int OPEN_TREE = 428;

    private static final int MOVE_MOUNT = 429;
    private static final int MOUNT_SETATTR = 442;

    private static final short POLLIN = 1;
    private static final int AT_FDCWD = -100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int OPEN_TREE_CLONE = 1;
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
    /** struct mount_attr: what to set, what to clear, propagation, user namespace. */
    private static final int MOUNT_ATTRIBUTES = 32;

    private static final long MOUNT_ATTR_RDONLY = 1;

    private final Libc libc;
    private final Runtime runtime;

    SystemCalls(Libc libc) {
        this.libc = libc;
        this.runtime = Runtime.getRuntime(libc);
    }

    int open(String path, int flags) {
        int descriptor = libc.open(path, flags | Libc.O_CLOEXEC);
        if (descriptor < 0) {
            throw new SluiceException(ErrorKind.HOST, "open " + path + ": " + message(errno()));
        }
        return descriptor;
    }

    void close(int descriptor) {
        libc.close(descriptor);
    }

    /** The buffer goes in and comes back. */
    int ioctl(int descriptor, long request, byte[] buffer) {
        Pointer memory = Memory.allocateDirect(runtime, buffer.length);
        memory.put(0, buffer, 0, buffer.length);
        int result = libc.ioctl(descriptor, request, memory) < 0 ? errno() : 0;
        memory.get(0, buffer, 0, buffer.length);
        return result;
    }

    /** Waits until the descriptor has something to read, for so long at most. */
    boolean awaitReadable(int descriptor, Duration longest) {
        Pointer polled = Memory.allocateDirect(runtime, Long.BYTES, true);
        polled.putInt(0, descriptor);
        polled.putShort(Integer.BYTES, POLLIN);
        return libc.poll(polled, 1, (int) longest.toMillis()) > 0;
    }

    int mount(@Nullable String source, String target, @Nullable String type, long flags, @Nullable String data) {
        return libc.mount(source, target, type, flags, data) < 0 ? errno() : 0;
    }

    /**
     * A mount of what is at the path, with the flags of the mount it is in, but in nobody's tree; it goes with its descriptor unless it is
     * moved somewhere. The descriptor, or the errno below zero.
     */
    int openTree(int number, String path) {
        int descriptor = (int) libc.syscall(number, AT_FDCWD, path, OPEN_TREE_CLONE | Libc.O_CLOEXEC);
        return descriptor < 0 ? -errno() : descriptor;
    }

    int setReadOnly(int mount) {
        Pointer attributes = Memory.allocateDirect(runtime, MOUNT_ATTRIBUTES, true);
        attributes.putLongLong(0, MOUNT_ATTR_RDONLY);
        return libc.syscall(MOUNT_SETATTR, mount, "", AT_EMPTY_PATH, attributes, MOUNT_ATTRIBUTES) < 0 ? errno() : 0;
    }

    int moveMount(int mount, String target) {
        return libc.syscall(MOVE_MOUNT, mount, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) < 0 ? errno() : 0;
    }

    int statvfs(String path, byte[] buffer) {
        Pointer memory = Memory.allocateDirect(runtime, buffer.length);
        int result = libc.statvfs(path, memory) < 0 ? errno() : 0;
        memory.get(0, buffer, 0, buffer.length);
        return result;
    }

    /**
     * Lets go of memory that is mapped from files and never written. What this process alone has leaves memory, what others have too only
     * leaves this process. A kernel that does not know how leaves everything as it is.
     */
    void release(long address, long bytes) {
        libc.madvise(address, bytes, Libc.MADV_PAGEOUT);
        libc.madvise(address, bytes, Libc.MADV_DONTNEED);
    }

    String message(int errno) {
        return libc.strerror(errno) + " (" + errno + ")";
    }

    private int errno() {
        return LastError.getLastError(runtime);
    }
}
