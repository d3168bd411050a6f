package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.TableLine;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Encodes struct dm_ioctl and what follows it (linux/dm-ioctl.h). */
final class DmRequest {
    static final int HEADER = 312;
    static final int NAME_OFFSET = 48;
    static final int UUID_OFFSET = 176;

    static final int READONLY = 1;
    static final int SUSPEND = 1 << 1;
    static final int STATUS_TABLE = 1 << 4;
    static final int ACTIVE_PRESENT = 1 << 5;
    static final int BUFFER_FULL = 1 << 8;
    static final int SKIP_LOCKFS = 1 << 10;
    static final int NOFLUSH = 1 << 11;
    static final int DATA_OUT = 1 << 16;

    /**
     * Flags for udev in the upper half of the cookie: no disk rules (blkid would read a device that may queue for ever), no other rules, no
     * subsystem rules (LVM), no fallback by libdm; this is the primary event. The lower half is zero: nobody waits for udev.
     */
    static final int UDEV_FLAGS = (0x02 | 0x04 | 0x08 | 0x20 | 0x40) << 16;

    private static final int NAME_LENGTH = 128;
    private static final int UUID_LENGTH = 129;
    private static final int TYPE_LENGTH = 16;
    private static final int TARGET_SPEC = 40;
    /** Enough for the status or the table of a stack of ours; the kernel says when it is not, and is asked again. */
    private static final int MIN_BUFFER = 1 << 10;

    private String name = "";
    private String uuid = "";
    private int flags;
    private int eventNumber;
    private int targets;
    private byte[] payload = {};

    DmRequest name(String deviceName) {
        name = limited(deviceName, NAME_LENGTH);
        return this;
    }

    DmRequest uuid(String deviceUuid) {
        uuid = limited(deviceUuid, UUID_LENGTH);
        return this;
    }

    DmRequest flags(int set) {
        flags = set;
        return this;
    }

    /** For the requests that raise an uevent: resume and remove. */
    DmRequest quietUdev() {
        eventNumber = UDEV_FLAGS;
        return this;
    }

    DmRequest table(List<TableLine> table) {
        targets = table.size();
        byte[][] lines = table.stream().map(DmRequest::target).toArray(byte[][]::new);
        payload = join(lines);
        return this;
    }

    DmRequest message(String text) {
        byte[] words = text.getBytes(StandardCharsets.US_ASCII);
        payload = new byte[Long.BYTES + words.length + 1];
        over(payload).put(Long.BYTES, words);
        return this;
    }

    /** The bytes for the kernel, with room for at least so large an answer. */
    byte[] encode(int room) {
        int size = HEADER + Math.max(payload.length, Math.max(room, MIN_BUFFER));
        byte[] bytes = new byte[size];
        ByteBuffer buffer = over(bytes);
        buffer.putInt(4).putInt(0).putInt(0);
        buffer.putInt(size).putInt(HEADER).putInt(targets).putInt(0);
        buffer.putInt(flags).putInt(eventNumber).putInt(0).putLong(0);
        buffer.put(NAME_OFFSET, ascii(name)).put(UUID_OFFSET, ascii(uuid)).put(HEADER, payload);
        return bytes;
    }

    private static byte[] target(TableLine line) {
        byte[] arguments = ascii(line.arguments());
        int size = Math.ceilDiv(TARGET_SPEC + arguments.length + 1, Long.BYTES) * Long.BYTES;
        byte[] bytes = new byte[size];
        ByteBuffer spec = over(bytes);
        spec.putLong(line.start()).putLong(line.length()).putInt(0).putInt(size);
        spec.put(ascii(limited(line.type(), TYPE_LENGTH)));
        spec.put(TARGET_SPEC, arguments);
        return bytes;
    }

    private static byte[] join(byte[][] parts) {
        byte[] bytes =
                new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        ByteBuffer all = over(bytes);
        Arrays.stream(parts).forEach(all::put);
        return bytes;
    }

    private static String limited(String text, int room) {
        if (text.length() >= room) {
            throw new SluiceException(ErrorKind.INVALID, "too long for device-mapper: " + text);
        }
        return text;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The kernel's byte order. */
    static ByteBuffer over(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }
}
