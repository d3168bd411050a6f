package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.ByteRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What thin_dump prints of one thin device, an element a line. It is believed only when it is complete and adds up: ranges that were
 * overlooked would be shown as zeros.
 */
final class ThinDump {
    private static final Pattern ELEMENT = Pattern.compile("<(/?)([a-z_]+)((?: [a-z_]+=\"[^\"]*\")*) ?(/?)>");
    private static final Pattern ATTRIBUTE = Pattern.compile(" ([a-z_]+)=\"([^\"]*)\"");
    private static final Set<String> NESTING = Set.of("superblock", "def", "device");
    private static final long SECTOR = 512;
    /** 64 MiB of memory. */
    private static final int MOST_RANGES = 1 << 21;

    private final int device;
    private final long chunkBytes;
    private final List<ByteRange> ranges = new ArrayList<>();
    /** Parts of the mapping that several devices share are printed once, by name. */
    private final Map<String, List<ByteRange>> shared = new HashMap<>();

    private @Nullable List<ByteRange> defined;
    private long promised = -1;
    private boolean begun;
    private boolean inside;
    private boolean complete;

    ThinDump(int device, long chunkBytes) {
        this.device = device;
        this.chunkBytes = chunkBytes;
    }

    /** One more line. */
    void line(String text) {
        String stripped = text.strip();
        if (stripped.isEmpty() || stripped.startsWith("<?xml")) {
            return;
        }
        Matcher element = ELEMENT.matcher(stripped);
        if (!element.matches() || complete) {
            throw unexpected(stripped);
        }
        Map<String, String> attributes = new HashMap<>();
        Matcher attribute = ATTRIBUTE.matcher(element.group(3));
        while (attribute.find()) {
            attributes.put(attribute.group(1), attribute.group(2));
        }
        if (element.group(1).isEmpty()) {
            begin(element.group(2), attributes, stripped);
        }
        boolean alone = !element.group(4).isEmpty() && NESTING.contains(element.group(2));
        if (!element.group(1).isEmpty() || alone) {
            end(element.group(2), stripped);
        }
    }

    private void begin(String name, Map<String, String> attributes, String line) {
        switch (name) {
            case "superblock" -> {
                require(!begun && number(attributes, "data_block_size", line) * SECTOR == chunkBytes, line);
                begun = true;
            }
            case "def" -> {
                require(begun && !inside && defined == null, line);
                defined = new ArrayList<>();
                shared.put(text(attributes, "name", line), defined);
            }
            case "ref" -> {
                List<ByteRange> known = shared.get(text(attributes, "name", line));
                if (known == null || known == defined) {
                    throw unexpected(line);
                }
                known.forEach(range -> add(range, line));
            }
            case "device" -> {
                require(begun && promised < 0 && number(attributes, "dev_id", line) == device, line);
                promised = number(attributes, "mapped_blocks", line);
                inside = true;
            }
            case "single_mapping" -> add(range(number(attributes, "origin_block", line), 1), line);
            case "range_mapping" ->
                add(range(number(attributes, "origin_begin", line), number(attributes, "length", line)), line);
            default -> throw unexpected(line);
        }
    }

    private void end(String name, String line) {
        switch (name) {
            case "def" -> defined = null;
            case "device" -> inside = false;
            case "superblock" -> complete = true;
            default -> throw unexpected(line);
        }
    }

    private ByteRange range(long chunk, long chunks) {
        return new ByteRange(Math.multiplyExact(chunk, chunkBytes), Math.multiplyExact(chunks, chunkBytes));
    }

    private void add(ByteRange range, String line) {
        List<ByteRange> to = defined == null ? ranges : defined;
        require((inside || defined != null) && range.bytes() > 0, line);
        ByteRange last = to.isEmpty() ? null : to.getLast();
        if (last == null || last.end() < range.offset()) {
            require(to.size() < MOST_RANGES, line);
            to.add(range);
            return;
        }
        require(last.end() == range.offset(), line);
        to.set(to.size() - 1, new ByteRange(last.offset(), last.bytes() + range.bytes()));
    }

    /** What was printed, ascending; HOST when it ended before its end, or is not of this device. */
    List<ByteRange> ranges() {
        long mapped = ranges.stream().mapToLong(ByteRange::bytes).sum();
        if (!complete || inside || defined != null || mapped != promised * chunkBytes) {
            throw new SluiceException(
                    ErrorKind.HOST,
                    "thin_dump told of " + mapped + " bytes of thin device " + device + ", promised were " + promised
                            + " chunks of " + chunkBytes);
        }
        return List.copyOf(ranges);
    }

    private static String text(Map<String, String> attributes, String name, String line) {
        String value = attributes.get(name);
        require(value != null, line);
        return String.valueOf(value);
    }

    private static long number(Map<String, String> attributes, String name, String line) {
        try {
            return Long.parseLong(text(attributes, name, line));
        } catch (NumberFormatException e) {
            throw unexpected(line);
        }
    }

    private static void require(boolean expected, String line) {
        if (!expected) {
            throw unexpected(line);
        }
    }

    private static SluiceException unexpected(String line) {
        return new SluiceException(ErrorKind.HOST, "thin_dump printed what is not expected here: " + line);
    }
}
