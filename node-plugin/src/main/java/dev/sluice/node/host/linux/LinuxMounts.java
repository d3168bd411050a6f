package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.MountPoint;
import dev.sluice.node.host.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * File systems are mounted and unmounted by processes of their own, in the host's namespace: what the kernel waits for there may be an origin that is
 * away, and this process could not end before it is back. Never a lazy detach, which would hide a volume that is still in use. Binds, which wait for
 * nothing, are made by mount(2) in this process's namespace.
 */
public final class LinuxMounts implements Mounts {
    private static final Path MOUNT_INFO = Path.of("/proc/self/mountinfo");

    /** Nothing can end what the kernel keeps. */
    private static final Duration UNTIL_IT_ENDS = Duration.ofDays(365);

    private final Processes processes;
    private final SystemCalls calls;
    private final ReadOnlyBinds readOnlyBinds;

    LinuxMounts(Processes processes, SystemCalls calls, ReadOnlyBinds readOnlyBinds) {
        this.processes = processes;
        this.calls = calls;
        this.readOnlyBinds = readOnlyBinds;
    }

    @Override
    public List<MountPoint> list() {
        return table().entries().stream()
                .map(entry -> new MountPoint(number(entry), entry.path(), entry.fsType(), entry.readOnly()))
                .toList();
    }

    private static String number(MountTable.Entry entry) {
        boolean node = entry.fsType().equals(MountPoint.DEVICE_NODES)
                && !entry.root().equals("/")
                && !Files.isDirectory(Path.of(entry.path()));
        return node ? DeviceNumber.find(entry.path()).orElse(entry.deviceNumber()) : entry.deviceNumber();
    }

    @Override
    public void ensure(BlockDevice device, Path path, String fsType, List<String> options) {
        if (isMounted(device, path)) {
            return;
        }
        KernelFiles.makeFolder(path);
        CommandResult result = processes.run(UNTIL_IT_ENDS, mountCommand(device, path, fsType, options));
        // The process of an earlier plugin may have been before it.
        if (!result.succeeded() && !isMounted(device, path)) {
            throw failure("mount " + device.path() + " (" + fsType + ") on " + path, result);
        }
    }

    /** What is not canonical stays so: the host has no names for our devices in /dev/mapper. */
    static List<String> mountCommand(BlockDevice device, Path path, String fsType, List<String> options) {
        List<String> command =
                new ArrayList<>(List.of("mount", "--no-canonicalize", "--internal-only", "--types", fsType));
        if (!options.isEmpty()) {
            command.addAll(List.of("--options", String.join(",", options)));
        }
        command.addAll(List.of(device.path(), path.toString()));
        return command;
    }

    private static boolean isMounted(BlockDevice device, Path path) {
        Optional<MountTable.Entry> there = table().at(path.toString());
        there.ifPresent(mount -> requireSame(path, mount.deviceNumber().equals(device.number()), device.path()));
        return there.isPresent();
    }

    @Override
    public void ensureBind(Path source, Path target, boolean readOnly) {
        MountTable table = table();
        Optional<MountTable.Entry> there = table.at(target.toString());
        if (there.isEmpty()) {
            makeTarget(source, target);
            bind(source, target, readOnly);
            return;
        }
        MountTable.Entry mount = table.of(source.toString());
        boolean same = there.get().deviceNumber().equals(mount.deviceNumber())
                && there.get().root().equals(table.rootOf(source.toString()));
        requireSame(target, same, source.toString());
        if (readOnly && !there.get().readOnly()) {
            remountReadOnly(target);
        }
    }

    private void bind(Path source, Path target, boolean readOnly) {
        if (readOnly && readOnlyBinds.make(source, target)) {
            return;
        }
        int errno = calls.mount(source.toString(), target.toString(), null, MountOptions.BIND, null);
        if (errno != 0) {
            throw failure("bind " + source + " on " + target, errno);
        }
        if (readOnly) {
            remountReadOnly(target);
        }
    }

    /** A bind takes over its source's flags: read-only needs a second step, which would drop nosuid and its like unless named again. */
    private void remountReadOnly(Path target) {
        long kept = table().at(target.toString())
                .map(mount -> MountOptions.flags(mount.options()))
                .orElse(0L);
        long flags = kept | MountOptions.BIND | MountOptions.REMOUNT | MountOptions.READ_ONLY;
        int errno = calls.mount(null, target.toString(), null, flags, null);
        if (errno != 0) {
            throw failure("remount " + target + " read-only", errno);
        }
    }

    private static void makeTarget(Path source, Path target) {
        if (Files.isDirectory(source)) {
            KernelFiles.makeFolder(target);
            return;
        }
        Path parent = target.getParent();
        if (parent != null) {
            KernelFiles.makeFolder(parent);
        }
        try {
            if (!Files.exists(target)) {
                Files.createFile(target);
            }
        } catch (IOException e) {
            throw new SluiceException(ErrorKind.HOST, "cannot make " + target + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void remove(Path path) {
        while (table().at(path.toString()).isPresent()) {
            CommandResult result =
                    processes.run(UNTIL_IT_ENDS, "umount", "--no-canonicalize", "--internal-only", path.toString());
            if (!result.succeeded()) {
                throw failure("unmount " + path, result);
            }
        }
        KernelFiles.remove(path);
    }

    private static void requireSame(Path path, boolean same, String wanted) {
        if (!same) {
            throw new SluiceException(ErrorKind.HOST, path + " is a mount of something other than " + wanted);
        }
    }

    private static SluiceException failure(String doing, CommandResult result) {
        return result.failure(result.err().contains("busy") ? ErrorKind.IN_USE : ErrorKind.HOST, doing);
    }

    private SluiceException failure(String doing, int errno) {
        ErrorKind kind = errno == SystemCalls.EBUSY ? ErrorKind.IN_USE : ErrorKind.HOST;
        return new SluiceException(kind, doing + ": " + calls.message(errno));
    }

    static MountTable table() {
        try {
            return MountTable.parse(Files.readString(MOUNT_INFO), DeviceNumber::find);
        } catch (IOException e) {
            throw new SluiceException(ErrorKind.HOST, "cannot read " + MOUNT_INFO, e);
        }
    }
}
