package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The lvm tool: sees only the physical volumes of our groups, neither waits for udev nor locks memory nor writes backups nor tells a bus (each
 * of them costs more than the work itself). Without asynchronous I/O: the end of that waits for every processor of the host.
 */
final class Lvm {
    private static final String CONFIG = "activation{reserved_memory=0 reserved_stack=0 udev_sync=0 udev_rules=0"
            + " monitoring=0} backup{backup=0 archive=0} global{notify_dbus=0 use_aio=0}";
    private static final List<String> NO_SPACE = List.of("free space", "free extents", "reached threshold");
    private static final List<String> IN_USE = List.of("in use", "is used by");

    private final LvmRunner runner;
    private final PhysicalVolumes physicalVolumes;
    private final Set<String> groups;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable List<String> devices;

    Lvm(LvmRunner runner, PhysicalVolumes physicalVolumes, Set<String> groups) {
        this.runner = runner;
        this.physicalVolumes = physicalVolumes;
        this.groups = Set.copyOf(groups);
    }

    /** Output of a report of our groups, as JSON. */
    String report(String command, String fields, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("--reportformat", "json", "--units", "b", "--nosuffix", "-o", fields));
        arguments.addAll(List.of(more));
        arguments.addAll(groups);
        return run("report " + groups, command, arguments);
    }

    /** Runs one command that changes something; the message says what was being done. */
    String run(String doing, String command, List<String> arguments) {
        CommandResult result = runner.run(argv(command, knownDevices(), arguments));
        if (!result.succeeded()) {
            forgetDevices();
            throw result.failure(kind(result.err()), doing);
        }
        return result.out();
    }

    /** The devices our groups lie on. */
    List<String> devices() {
        return knownDevices();
    }

    static List<String> argv(String command, List<String> devices, List<String> arguments) {
        List<String> argv = new ArrayList<>(List.of(command, "--devices", String.join(",", devices)));
        argv.addAll(List.of("--config", CONFIG, "--yes"));
        argv.addAll(arguments);
        return argv;
    }

    static ErrorKind kind(String stderr) {
        String text = stderr.toLowerCase(Locale.ROOT);
        if (NO_SPACE.stream().anyMatch(text::contains)) {
            return ErrorKind.NO_SPACE;
        }
        return IN_USE.stream().anyMatch(text::contains) ? ErrorKind.IN_USE : ErrorKind.HOST;
    }

    private List<String> knownDevices() {
        lock.lock();
        try {
            if (devices == null) {
                devices = discover();
            }
            return devices;
        } finally {
            lock.unlock();
        }
    }

    /** A group that was extended, or a disk that came late, is found again after the first failure. */
    private void forgetDevices() {
        lock.lock();
        try {
            devices = null;
        } finally {
            lock.unlock();
        }
    }

    private List<String> discover() {
        List<String> arguments = List.of("--reportformat", "json", "-o", "pv_name,vg_name");
        CommandResult result = runner.run(argv("pvs", physicalVolumes.candidates(), arguments));
        List<String> found = LvmReport.parse(result.require("look for physical volumes"), "pv").stream()
                .filter(row -> groups.contains(row.text("vg_name")))
                .map(row -> row.text("pv_name"))
                .toList();
        if (found.isEmpty()) {
            throw new SluiceException(
                    ErrorKind.HOST,
                    "no physical volume of volume group " + String.join(", ", groups) + ": create it with vgcreate");
        }
        return found;
    }
}
