package dev.sluice.node.host.linux;

import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.IscsiSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** iSCSI sessions as sysfs shows them: no process, and no waiting for a daemon. */
final class SysfsSessions {
    private static final String LOGGED_IN = "LOGGED_IN";
    private static final int PAGE_HEADER = 4;

    /**
     * @param id the number iscsiadm knows it by
     */
    record Found(String id, IscsiSession session) {}

    /** @param disk the folder of its disk; null while it has none */
    private record Place(Path session, @Nullable Path disk) {}

    /** By IQN: where it was when it was last looked for. Each look reads three files, however many sessions there are. */
    private final Map<String, Place> known = new ConcurrentHashMap<>();

    private final Path sys;

    SysfsSessions(Path sys) {
        this.sys = sys;
    }

    /** Whether a disk of /sys/block comes over iSCSI. */
    static boolean isIscsiDisk(Path disk) {
        try {
            return disk.toRealPath().toString().contains("/session");
        } catch (IOException e) {
            return false;
        }
    }

    List<Found> all(String iqnPrefix) {
        return sessions()
                .flatMap(session -> found(place(session)).stream())
                .filter(found -> found.session().iqn().startsWith(iqnPrefix))
                .toList();
    }

    Optional<Found> find(String iqn) {
        return Optional.ofNullable(known.get(iqn))
                .flatMap(SysfsSessions::found)
                .filter(found -> found.session().iqn().equals(iqn))
                .filter(found -> found.session().disk() != null)
                .or(() -> search(iqn));
    }

    private Optional<Found> search(String iqn) {
        known.remove(iqn);
        Optional<Place> place =
                sessions().filter(session -> isOf(session, iqn)).findFirst().map(SysfsSessions::place);
        place.ifPresent(there -> known.put(iqn, there));
        return place.flatMap(SysfsSessions::found);
    }

    private Stream<Path> sessions() {
        Path sessions = sys.resolve("class/iscsi_session");
        return KernelFiles.names(sessions, "session*").stream().map(sessions::resolve);
    }

    private static boolean isOf(Path session, String iqn) {
        return KernelFiles.find(session.resolve("targetname"))
                .filter(iqn::equals)
                .isPresent();
    }

    private static Place place(Path session) {
        return new Place(session, disk(session.resolve("device")));
    }

    private static @Nullable Path disk(Path device) {
        for (String target : KernelFiles.names(device, "target*")) {
            for (String unit : KernelFiles.names(device.resolve(target), "*:*:*:0")) {
                Path blocks = device.resolve(target).resolve(unit).resolve("block");
                for (String disk : KernelFiles.names(blocks)) {
                    return blocks.resolve(disk);
                }
            }
        }
        return null;
    }

    private static Optional<Found> found(Place place) {
        Path session = place.session();
        String name = String.valueOf(session.getFileName());
        return KernelFiles.find(session.resolve("targetname")).map(iqn -> {
            boolean connected = KernelFiles.find(session.resolve("state"))
                    .filter(LOGGED_IN::equals)
                    .isPresent();
            String id = name.substring("session".length());
            return new Found(id, new IscsiSession(iqn, connected, device(place.disk())));
        });
    }

    private static @Nullable BlockDevice device(@Nullable Path disk) {
        if (disk == null) {
            return null;
        }
        String path = "/dev/" + disk.getFileName();
        return KernelFiles.find(disk.resolve("dev"))
                .map(number -> number.split(":", -1))
                .map(parts -> new BlockDevice(path, Integer.parseInt(parts[0]), Integer.parseInt(parts[1])))
                .orElse(null);
    }

    /** From the unit serial page the kernel read when the disk appeared; empty when it has none. */
    String serial(BlockDevice disk) {
        try {
            return unitSerial(Files.readAllBytes(folder(disk).resolve("vpd_pg80")));
        } catch (IOException e) {
            return "";
        }
    }

    /** LIO counts a terminating zero as part of the serial. */
    static String unitSerial(byte[] page) {
        int length = Math.min(page.length - PAGE_HEADER, page[PAGE_HEADER - 1] & 0xff);
        String text = new String(page, PAGE_HEADER, Math.max(length, 0), StandardCharsets.ISO_8859_1);
        return text.replace("\0", "").strip();
    }

    /** Takes the disk away from the kernel: what is queued on it fails. */
    void delete(BlockDevice disk) {
        KernelFiles.write(folder(disk).resolve("delete"), "1");
    }

    private Path folder(BlockDevice disk) {
        return sys.resolve("dev/block").resolve(disk.number()).resolve("device");
    }
}
