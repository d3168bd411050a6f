package dev.sluice.node.host.linux;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/** System calls that Java and jnr-posix do not have. Each sets errno when it returns -1. */
public interface Libc {
    int O_RDWR = 2;
    int O_CLOEXEC = 0x80000;
    int MADV_DONTNEED = 4;
    /** Since Linux 5.4. */
    int MADV_PAGEOUT = 21;

    int open(String path, int flags);

    int close(int descriptor);

    int ioctl(int descriptor, long request, Pointer argument);

    int poll(Pointer descriptors, long count, int milliseconds);

    int mount(@Nullable String source, String target, @Nullable String type, long flags, @Nullable String data);

    int statvfs(String path, Pointer buffer);

    /** open_tree(2), which not every libc has. */
    long syscall(long number, int folder, String path, int flags);

    /** mount_setattr(2). */
    long syscall(long number, int folder, String path, int flags, Pointer attributes, long size);

    /** move_mount(2). */
    long syscall(long number, int fromFolder, String from, int toFolder, String to, int flags);

    int madvise(long address, long bytes, int advice);

    String strerror(int errno);

    static Libc load() {
        return LibraryLoader.create(Libc.class).load("c");
    }
}
