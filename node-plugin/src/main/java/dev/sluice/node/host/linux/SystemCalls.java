package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
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
    static final int EOPNOTSUPP = 95;

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

    int mount(@Nullable String source, String target, @Nullable String type, long flags, @Nullable String data) {
        return libc.mount(source, target, type, flags, data) < 0 ? errno() : 0;
    }

    int unmount(String target) {
        return libc.umount2(target, 0) < 0 ? errno() : 0;
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
