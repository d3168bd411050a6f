package dev.sluice.node.host.linux;

import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.TableLine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Decodes what the kernel put into the buffer of a {@link DmRequest}. */
final class DmReply {
    private static final int DATA_START_OFFSET = 16;
    private static final int TARGETS_OFFSET = 20;
    private static final int OPEN_COUNT_OFFSET = 24;
    private static final int FLAGS_OFFSET = 28;
    private static final int DEVICE_OFFSET = 40;
    private static final int TARGET_SPEC = 40;
    private static final int NEXT_IN_SPEC = 20;
    private static final int TYPE_IN_SPEC = 24;
    private static final int NAME_IN_LIST = 12;
    private static final int VERSION_IN_LIST = 4;

    private final byte[] bytes;
    private final ByteBuffer buffer;

    DmReply(byte[] bytes) {
        this.bytes = bytes;
        this.buffer = DmRequest.over(bytes);
    }

    boolean has(int flag) {
        return (buffer.getInt(FLAGS_OFFSET) & flag) != 0;
    }

    int openCount() {
        return buffer.getInt(OPEN_COUNT_OFFSET);
    }

    String name() {
        return string(DmRequest.NAME_OFFSET);
    }

    String uuid() {
        return string(DmRequest.UUID_OFFSET);
    }

    /** dev_t as huge_encode_dev packs it: 12 bits of major between the parts of the minor. */
    BlockDevice device() {
        long number = buffer.getLong(DEVICE_OFFSET);
        int major = (int) ((number >>> 8) & 0xfff);
        int minor = (int) ((number & 0xff) | ((number >>> 12) & 0xfff00));
        return new BlockDevice("/dev/dm-" + minor, major, minor);
    }

    /** Of DM_TABLE_STATUS: next counts from the first entry. */
    List<TableLine> lines() {
        List<TableLine> lines = new ArrayList<>();
        int start = dataStart();
        int at = start;
        for (int target = 0; target < buffer.getInt(TARGETS_OFFSET); target++) {
            lines.add(new TableLine(
                    buffer.getLong(at),
                    buffer.getLong(at + Long.BYTES),
                    string(at + TYPE_IN_SPEC),
                    string(at + TARGET_SPEC).strip()));
            at = start + buffer.getInt(at + NEXT_IN_SPEC);
        }
        return lines;
    }

    /** Of DM_LIST_DEVICES: next counts from the entry itself; an empty list is one entry without a device. */
    List<String> names() {
        return entries().stream().map(this::nameAt).toList();
    }

    /** Of DM_LIST_DEVICES: after each name, at the next multiple of eight, how many events its device has had. */
    Map<String, Integer> eventCounts() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (int at : entries()) {
            String name = nameAt(at);
            int afterName = at + NAME_IN_LIST + name.length() + 1;
            counts.put(name, buffer.getInt(Math.ceilDiv(afterName, Long.BYTES) * Long.BYTES));
        }
        return counts;
    }

    private String nameAt(int entry) {
        return string(entry + NAME_IN_LIST);
    }

    private List<Integer> entries() {
        List<Integer> entries = new ArrayList<>();
        int at = dataStart();
        if (buffer.getLong(at) == 0) {
            return entries;
        }
        int next;
        do {
            entries.add(at);
            next = buffer.getInt(at + Long.BYTES);
            at += next;
        } while (next != 0);
        return entries;
    }

    /** Of DM_LIST_VERSIONS: target types the kernel has now. */
    List<String> targetTypes() {
        List<String> types = new ArrayList<>();
        int at = dataStart();
        int next;
        do {
            types.add(string(at + VERSION_IN_LIST + 3 * Integer.BYTES));
            next = buffer.getInt(at);
            at += next;
        } while (next != 0);
        return types;
    }

    /** What a message was answered with; empty when it was not. */
    String text() {
        return has(DmRequest.DATA_OUT) ? string(dataStart()) : "";
    }

    private int dataStart() {
        return buffer.getInt(DATA_START_OFFSET);
    }

    private String string(int at) {
        int end = at;
        while (buffer.get(end) != 0) {
            end++;
        }
        return new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
    }
}
