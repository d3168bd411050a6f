package dev.sluice.node.host.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses /proc/self/mountinfo (proc_pid_mountinfo(5)); later lines lie over earlier ones. */
record MountTable(List<Entry> entries) {
    /**
     * @param deviceNumber of the block device that is mounted, where there is one
     * @param root the part of the file system that is seen at the path
     * @param options of this mount, not of the file system
     */
    record Entry(String deviceNumber, String root, String path, String fsType, List<String> options) {
        boolean readOnly() {
            return options.contains("ro");
        }
    }

    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");
    private static final int NUMBER = 2;
    private static final int ROOT = 3;
    private static final int PATH = 4;
    private static final int OPTIONS = 5;

    /**
     * @param numberOf the number of a device node. btrfs shows a number of its own making in place of its device's, and only the name of
     *     the device tells which it is
     */
    static MountTable parse(String text, Function<String, Optional<String>> numberOf) {
        List<Entry> entries = new ArrayList<>();
        text.lines().forEach(line -> {
            String[] halves = line.split(" - ", 2);
            String[] words = halves[0].split(" ", -1);
            String[] mounted = halves[1].split(" ", -1);
            String type = mounted[0];
            String number =
                    type.equals("btrfs") ? numberOf.apply(unescape(mounted[1])).orElse(words[NUMBER]) : words[NUMBER];
            List<String> options = List.of(words[OPTIONS].split(",", -1));
            entries.add(new Entry(number, unescape(words[ROOT]), unescape(words[PATH]), type, options));
        });
        return new MountTable(List.copyOf(entries));
    }

    private static String unescape(String text) {
        return OCTAL.matcher(text)
                .replaceAll(
                        match -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(match.group(1), 8))));
    }

    /** What is mounted exactly there, the topmost. */
    Optional<Entry> at(String path) {
        return entries.reversed().stream()
                .filter(entry -> entry.path().equals(path))
                .findFirst();
    }

    /** The mount in which the path lies. */
    Entry of(String path) {
        Entry best = entries.getFirst();
        for (Entry entry : entries) {
            if (isBelow(path, entry.path())
                    && (!isBelow(path, best.path())
                            || entry.path().length() >= best.path().length())) {
                best = entry;
            }
        }
        return best;
    }

    private static boolean isBelow(String path, String mountPoint) {
        return mountPoint.equals("/") || path.equals(mountPoint) || path.startsWith(mountPoint + "/");
    }

    /** The path as seen from the root of its file system: what a bind mount of it shows as its root. */
    String rootOf(String path) {
        Entry mount = of(path);
        String relative =
                mount.path().equals("/") ? path : path.substring(mount.path().length());
        String joined = (mount.root().equals("/") ? "" : mount.root()) + relative;
        return joined.isEmpty() ? "/" : joined;
    }
}
