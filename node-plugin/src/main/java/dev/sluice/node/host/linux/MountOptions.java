package dev.sluice.node.host.linux;

import java.util.List;
import java.util.Map;

/** Options as in mount -o that are flags of mount(2). */
final class MountOptions {
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

    private MountOptions() {}

    /** What is none is left out. */
    static long flags(List<String> options) {
        return options.stream()
                .mapToLong(option -> FLAGS.getOrDefault(option, 0L))
                .reduce(0, (one, other) -> one | other);
    }
}
