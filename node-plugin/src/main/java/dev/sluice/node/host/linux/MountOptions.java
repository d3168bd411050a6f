package dev.sluice.node.host.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Options as in mount -o, split into flags of mount(2) and words for the file system.
 */
record MountOptions(long flags, @Nullable String data) {
    static final long READ_ONLY = 1;
    static final long REMOUNT = 32;
    static final long BIND = 4096;

    private static final Map<String, Long> FLAGS = Map.ofEntries(
            Map.entry("ro", READ_ONLY),
            Map.entry("nosuid", 2L),
            Map.entry("nodev", 4L),
            Map.entry("noexec", 8L),
            Map.entry("sync", 16L),
            Map.entry("mand", 64L),
            Map.entry("dirsync", 128L),
            Map.entry("noatime", 1024L),
            Map.entry("nodiratime", 2048L),
            Map.entry("relatime", 1L << 21),
            Map.entry("strictatime", 1L << 24),
            Map.entry("lazytime", 1L << 25));
    private static final List<String> DEFAULTS = List.of("rw", "defaults", "suid", "dev", "exec", "async", "");

    static MountOptions of(List<String> options) {
        long flags = 0;
        List<String> data = new ArrayList<>();
        for (String option : options) {
            Long flag = FLAGS.get(option);
            if (flag != null) {
                flags |= flag;
            } else if (!DEFAULTS.contains(option)) {
                data.add(option);
            }
        }
        return new MountOptions(flags, data.isEmpty() ? null : String.join(",", data));
    }
}
