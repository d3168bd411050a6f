package dev.sluice.node.host.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs in a mount namespace of its own: a staged file system, published read-only, twice, in a folder that another folder, the host's as it
 * were, follows. Prints what both show.
 */
final class BindScene {
    private static final long SHARED = 1L << 20;
    private static final int NO_SUCH_CALL = 100_000;

    private BindScene() {}

    public static void main(String[] arguments) throws IOException {
        Path plugin = Path.of(arguments[0], "plugin");
        Path host = Path.of(arguments[0], "host");
        boolean old = arguments[1].equals("old");
        SystemCalls calls = new SystemCalls(Libc.load());
        LinuxMounts mounts = new LinuxMounts(
                new Processes(false), calls, old ? new ReadOnlyBinds(calls, NO_SUCH_CALL) : new ReadOnlyBinds(calls));
        Files.createDirectories(plugin);
        Files.createDirectories(host);
        mount(calls, "tmpfs", plugin, "tmpfs", 0);
        mount(calls, "none", plugin, null, SHARED);
        mount(calls, plugin.toString(), host, null, MountOptions.BIND);
        Path staged = Files.createDirectory(plugin.resolve("staged"));
        long flags = MountOptions.flags(List.of("nosuid", "nodev", "noexec", "noatime"));
        mount(calls, "tmpfs", staged, "tmpfs", flags);
        Path node = Files.writeString(staged.resolve("node"), "");

        for (int time = 0; time < 2; time++) {
            mounts.ensureBind(staged, plugin.resolve("published"), true);
            mounts.ensureBind(node, plugin.resolve("device"), true);
        }

        LinuxMounts.table().entries().stream()
                .filter(entry -> entry.path().startsWith(arguments[0]))
                .forEach(entry -> System.out.println(
                        entry.path().substring(arguments[0].length()) + " " + String.join(",", entry.options())));
        for (Path folder : List.of(plugin, host)) {
            System.out.println(folder.getFileName() + " writable " + isWritable(folder.resolve("published/file")));
        }
        mounts.remove(plugin.resolve("published"));
        mounts.remove(plugin.resolve("device"));
        System.out.println(
                "left " + Files.exists(plugin.resolve("published")) + Files.exists(plugin.resolve("device")));
    }

    private static void mount(SystemCalls calls, String source, Path target, @Nullable String type, long flags) {
        int errno = calls.mount(source, target.toString(), type, flags, null);
        if (errno != 0) {
            throw new IllegalStateException("mount " + target + ": " + calls.message(errno));
        }
    }

    private static boolean isWritable(Path file) {
        try {
            Files.writeString(file, "");
            return true;
        } catch (IOException refused) {
            return false;
        }
    }
}
