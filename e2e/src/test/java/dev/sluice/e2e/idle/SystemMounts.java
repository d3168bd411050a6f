package dev.sluice.e2e.idle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/** By system calls: a process for each would make the driver that does nothing slower than one that does something. */
final class SystemMounts implements Mounts {
    private static final long MS_BIND = 4096;
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO = STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle MOUNT = function(
            "mount",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS));
    private static final MethodHandle UNMOUNT =
            function("umount2", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));

    @Override
    public void bind(Path folder, Path target) {
        if (isMounted(target)) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) MOUNT.invokeExact(
                    state,
                    arena.allocateFrom(folder.toString()),
                    arena.allocateFrom(target.toString()),
                    MemorySegment.NULL,
                    MS_BIND,
                    MemorySegment.NULL);
            require(result, "mount", target, state);
        } catch (Throwable failure) {
            throw rethrown(failure);
        }
    }

    @Override
    public void unmount(Path target) {
        if (!isMounted(target)) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) UNMOUNT.invokeExact(state, arena.allocateFrom(target.toString()), 0);
            require(result, "umount2", target, state);
        } catch (Throwable failure) {
            throw rethrown(failure);
        }
    }

    private static boolean isMounted(Path target) {
        try {
            return Files.readString(Path.of("/proc/self/mountinfo")).contains(" " + target + " ");
        } catch (IOException e) {
            throw new UncheckedIOException("the mounts cannot be read", e);
        }
    }

    private static void require(int result, String call, Path target, MemorySegment state) {
        if (result != 0) {
            throw new IllegalStateException(
                    call + " of " + target + " failed with errno " + state.get(ValueLayout.JAVA_INT, ERRNO));
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), type, Linker.Option.captureCallState("errno"));
    }

    /** A method handle may throw anything; these calls do not. */
    private static RuntimeException rethrown(Throwable failure) {
        return failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
    }
}
