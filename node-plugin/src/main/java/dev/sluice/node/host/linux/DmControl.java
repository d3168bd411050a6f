package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** /dev/mapper/control: one ioctl a call, any device, no policy. */
final class DmControl {
    static final int LIST_DEVICES = 2;
    static final int CREATE = 3;
    static final int REMOVE = 4;
    static final int RESUME = 6;
    /** The same command as RESUME; the flag tells them apart. */
    static final int SUSPEND = RESUME;

    static final int TABLE_LOAD = 9;
    static final int TABLE_CLEAR = 10;
    static final int TABLE_STATUS = 12;
    static final int LIST_VERSIONS = 13;
    static final int MESSAGE = 14;
    /** Since Linux 4.13. */
    static final int ARM_POLL = 16;

    private static final String CONTROL = "/dev/mapper/control";
    private static final long READ_WRITE = 3L << 30;
    private static final long TYPE = 0xfd << 8;
    private static final int MAX_ANSWER = 16 << 20;

    private final SystemCalls calls;
    private int descriptor = -1;

    DmControl(SystemCalls calls) {
        this.calls = calls;
    }

    static long requestNumber(int command) {
        return READ_WRITE | ((long) DmRequest.HEADER << 16) | TYPE | command;
    }

    /** Empty when the device does not exist. */
    Optional<DmReply> find(int command, DmRequest request) {
        int room = 0;
        while (true) {
            byte[] buffer = request.encode(room);
            int errno = calls.ioctl(descriptor(), requestNumber(command), buffer);
            if (errno == SystemCalls.ENXIO) {
                return Optional.empty();
            }
            DmReply reply = new DmReply(buffer);
            if (errno != 0) {
                throw failure(command, reply.name(), errno);
            }
            if (!reply.has(DmRequest.BUFFER_FULL) || buffer.length > MAX_ANSWER) {
                return Optional.of(reply);
            }
            room = buffer.length * 2;
        }
    }

    DmReply call(int command, DmRequest request) {
        return find(command, request)
                .orElseThrow(() -> new SluiceException(ErrorKind.HOST, "device-mapper: no such device"));
    }

    /** The table, flags, number and open count of one device. */
    Optional<DmReply> describe(String name) {
        int flags = DmRequest.STATUS_TABLE | DmRequest.NOFLUSH;
        return find(TABLE_STATUS, new DmRequest().name(name).flags(flags));
    }

    List<String> names() {
        return call(LIST_DEVICES, new DmRequest()).names();
    }

    /** By name: how many events the kernel has counted for each device. */
    Map<String, Integer> eventCounts() {
        return call(LIST_DEVICES, new DmRequest()).eventCounts();
    }

    /** From here on {@link #awaitEvent} knows what is new. */
    void arm() {
        call(ARM_POLL, new DmRequest());
    }

    /** Waits for an event of any device, for so long at most. */
    boolean awaitEvent(Duration longest) {
        return calls.awaitReadable(descriptor(), longest);
    }

    List<String> targetTypes() {
        return call(LIST_VERSIONS, new DmRequest()).targetTypes();
    }

    private SluiceException failure(int command, String name, int errno) {
        ErrorKind kind = errno == SystemCalls.EBUSY ? ErrorKind.IN_USE : ErrorKind.HOST;
        return new SluiceException(
                kind,
                "device-mapper: " + verb(command) + " " + name + ": " + calls.message(errno)
                        + (errno == SystemCalls.EINVAL ? "; the kernel's log says why" : ""));
    }

    private static String verb(int command) {
        return switch (command) {
            case LIST_DEVICES -> "list";
            case CREATE -> "create";
            case REMOVE -> "remove";
            case RESUME -> "suspend or resume";
            case TABLE_LOAD -> "load table of";
            case TABLE_CLEAR -> "clear table of";
            case TABLE_STATUS -> "status of";
            case LIST_VERSIONS -> "list target types";
            case MESSAGE -> "message to";
            case ARM_POLL -> "listen for events";
            default -> "request " + command;
        };
    }

    private synchronized int descriptor() {
        if (descriptor < 0) {
            descriptor = calls.open(CONTROL, Libc.O_RDWR);
        }
        return descriptor;
    }
}
