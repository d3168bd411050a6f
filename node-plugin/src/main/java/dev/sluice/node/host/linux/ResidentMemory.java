package dev.sluice.node.host.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the host holds of this process. Of the class archive and of the runtime's code it is given back: the kernel would do that when memory is
 * short; on a node, memory is short for its pods first. A page that is needed again is read again from its file: what only the start, or work
 * of a rare kind, needed is not.
 */
final class ResidentMemory {
    private static final Logger log = LoggerFactory.getLogger(ResidentMemory.class);
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path SMAPS = Path.of("/proc/self/smaps");
    private static final Pattern OWN = Pattern.compile("^RssAnon:\\s+(\\d+) kB$");
    private static final Pattern MAPPING =
            Pattern.compile("^([0-9a-f]+)-([0-9a-f]+) ([r-][w-][x-][ps]) [0-9a-f]+ \\S+ (\\d+) .*$");
    private static final Pattern WRITTEN = Pattern.compile("^Anonymous: +(\\d+) kB$");

    private final SystemCalls calls;

    ResidentMemory(SystemCalls calls) {
        this.calls = calls;
    }

    /** Addresses: the first byte, and the first beyond. */
    record Range(long begin, long end) {}

    /** What is of no file; 0 where the kernel does not tell. */
    long ownBytes() {
        try {
            return ownBytes(Files.readAllLines(STATUS));
        } catch (IOException e) {
            log.info("how much memory is resident is not known: {}", e.getMessage());
            return 0;
        }
    }

    static long ownBytes(List<String> status) {
        return status.stream()
                .map(OWN::matcher)
                .filter(Matcher::matches)
                .mapToLong(matcher -> Long.parseLong(matcher.group(1)) << 10)
                .findFirst()
                .orElse(0);
    }

    void release() {
        try {
            pure(Files.readAllLines(SMAPS)).forEach(range -> calls.release(range.begin(), range.end() - range.begin()));
        } catch (IOException e) {
            log.info("the memory of files stays resident: {}", e.getMessage());
        }
    }

    /**
     * Mappings whose every page is as it is in the file: without the right to write, and never written before that right was given up, as
     * the loader does with the pages it relocates.
     */
    static List<Range> pure(List<String> smaps) {
        List<Range> found = new ArrayList<>();
        Range candidate = null;
        for (String line : smaps) {
            Matcher mapping = MAPPING.matcher(line);
            if (mapping.matches()) {
                candidate = readOnlyFile(mapping);
                continue;
            }
            Matcher written = WRITTEN.matcher(line);
            if (candidate != null && written.matches() && written.group(1).equals("0")) {
                found.add(candidate);
            }
        }
        return found;
    }

    private static @Nullable Range readOnlyFile(Matcher mapping) {
        boolean pureRead = mapping.group(3).matches("r-[x-]p");
        boolean file = !mapping.group(4).equals("0");
        return pureRead && file
                ? new Range(Long.parseUnsignedLong(mapping.group(1), 16), Long.parseUnsignedLong(mapping.group(2), 16))
                : null;
    }
}
