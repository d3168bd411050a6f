package dev.sluice.node.host.linux;

import java.nio.file.Path;
import java.util.Optional;

/** One iblock backstore in configfs: a block device, read-only, with a unit serial. */
final class LioBackstore {
    /** By it the host's udev knows our disks from those of other targets. */
    static final String VENDOR = "SLUICE";

    private static final String UDEV_PATH = "udev_path";
    private static final String SERIAL_LABEL = "T10 VPD Unit Serial Number:";

    private final Path folder;

    LioBackstore(Path target, String name) {
        this.folder = target.resolve("core/iblock_0").resolve(name);
    }

    Path folder() {
        return folder;
    }

    /** The device may be opened by someone else meanwhile: only the enable claims it. */
    void ensure(String devicePath, String serial) {
        KernelFiles.makeFolder(folder);
        if (enabled()) {
            return;
        }
        KernelFiles.write(folder.resolve("control"), UDEV_PATH + "=" + devicePath + ",readonly=1");
        KernelFiles.write(folder.resolve(UDEV_PATH), devicePath);
        KernelFiles.write(folder.resolve("wwn/vendor_id"), VENDOR);
        KernelFiles.write(folder.resolve("wwn/vpd_unit_serial"), serial);
        KernelFiles.write(folder.resolve("enable"), "1");
        // XCOPY lets an initiator read what it was not given (CVE-2020-28374).
        KernelFiles.write(folder.resolve("attrib/emulate_3pc"), "0");
    }

    boolean serves(String devicePath, String serial) {
        return enabled() && devicePath().equals(devicePath) && serial().equals(serial);
    }

    boolean exists() {
        return KernelFiles.find(folder.resolve("enable")).isPresent();
    }

    private boolean enabled() {
        return KernelFiles.find(folder.resolve("enable")).equals(Optional.of("1"));
    }

    String devicePath() {
        return KernelFiles.find(folder.resolve(UDEV_PATH)).orElse("");
    }

    String serial() {
        return KernelFiles.find(folder.resolve("wwn/vpd_unit_serial"))
                .map(text -> text.replace(SERIAL_LABEL, "").strip())
                .orElse("");
    }

    void remove() {
        KernelFiles.remove(folder);
    }
}
