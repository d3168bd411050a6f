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
import org.jspecify.annotations.Nullable;

/** iSCSI sessions as sysfs shows them: no process, and no waiting for a daemon. */
final class SysfsSessions {
    private static final String LOGGED_IN = "LOGGED_IN";
    private static final int PAGE_HEADER = 4;

    /**
     * @param id the number iscsiadm knows it by
     */
    record Found(String id, IscsiSession session) {}

    /** By IQN: the folder of its session when it was last looked for. Each look reads one session, however many there are. */
    private final Map<String, String> known = new ConcurrentHashMap<>();

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
        Path sessions = sys.resolve("class/iscsi_session");
        return KernelFiles.names(sessions, "session*").stream()
                .flatMap(name -> found(sessions.resolve(name)).stream())
                .filter(found -> found.session().iqn().startsWith(iqnPrefix))
                .toList();
    }

    Optional<Found> find(String iqn) {
        Path sessions = sys.resolve("class/iscsi_session");
        String last = known.get(iqn);
        if (last != null && isOf(sessions.resolve(last), iqn)) {
            return found(sessions.resolve(last));
        }
        known.remove(iqn);
        Optional<String> folder = KernelFiles.names(sessions, "session*").stream()
                .filter(name -> isOf(sessions.resolve(name), iqn))
                .findFirst();
        folder.ifPresent(name -> known.put(iqn, name));
        return folder.flatMap(name -> found(sessions.resolve(name)));
    }

    private static boolean isOf(Path session, String iqn) {
        return KernelFiles.find(session.resolve("targetname"))
                .filter(iqn::equals)
                .isPresent();
    }

    private Optional<Found> found(Path session) {
        String name = String.valueOf(session.getFileName());
        return KernelFiles.find(session.resolve("targetname")).map(iqn -> {
            boolean connected = KernelFiles.find(session.resolve("state"))
                    .filter(LOGGED_IN::equals)
                    .isPresent();
            String id = name.substring("session".length());
            return new Found(id, new IscsiSession(iqn, connected, disk(session.resolve("device"))));
        });
    }

    private @Nullable BlockDevice disk(Path device) {
        for (String target : KernelFiles.names(device, "target*")) {
            for (String unit : KernelFiles.names(device.resolve(target), "*:*:*:0")) {
                Path blocks = device.resolve(target).resolve(unit).resolve("block");
                for (String disk : KernelFiles.names(blocks)) {
                    return KernelFiles.find(blocks.resolve(disk).resolve("dev"))
                            .map(number -> device(disk, number))
                            .orElse(null);
                }
            }
        }
        return null;
    }

    private static BlockDevice device(String disk, String number) {
        String[] parts = number.split(":", -1);
        return new BlockDevice("/dev/" + disk, Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
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
