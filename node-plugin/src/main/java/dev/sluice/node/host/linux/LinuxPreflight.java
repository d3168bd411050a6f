package dev.sluice.node.host.linux;

import dev.sluice.api.Condition;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.Preflight;
import dev.sluice.node.host.PreflightCheck;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Looks for what the node plugin needs; loads kernel modules that are there and not loaded. */
public final class LinuxPreflight implements Preflight {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Path RELEASE = Path.of("/proc/sys/kernel/osrelease");
    private static final Path UNIX_SOCKETS = Path.of("/proc/1/net/unix");
    private static final Path TARGET = Path.of("/sys/kernel/config/target");
    private static final Path ISCSI_TCP = Path.of("/sys/class/iscsi_transport/tcp");
    private static final String ISCSID_SOCKET = "@ISCSIADM_ABSTRACT_NAMESPACE";
    private static final int MIN_MAJOR = 5;
    private static final int MIN_MINOR = 10;
    private static final List<String> TOOL_FOLDERS = List.of("usr/sbin", "usr/bin", "sbin", "bin", "usr/local/sbin");
    private static final Map<String, String> PACKAGE_OF_TOOL = Map.of(
            "lvm", "lvm2",
            "thin_dump", "thin-provisioning-tools",
            "iscsiadm", "open-iscsi",
            "mkfs.ext4", "e2fsprogs",
            "resize2fs", "e2fsprogs",
            "mkfs.xfs", "xfsprogs",
            "xfs_growfs", "xfsprogs",
            "blkid", "util-linux",
            "fstrim", "util-linux");

    private final Processes processes;
    private final DmControl control;
    private final Lvm lvm;
    private final Path hostRoot;

    LinuxPreflight(Processes processes, DmControl control, Lvm lvm, Path hostRoot) {
        this.processes = processes;
        this.control = control;
        this.lvm = lvm;
        this.hostRoot = hostRoot;
    }

    @Override
    public String kernel() {
        return KernelFiles.read(RELEASE);
    }

    @Override
    public List<PreflightCheck> check() {
        return List.of(
                checkKernel(kernel()),
                mapperTarget("DmThin", "thin-pool", "dm-thin-pool", "enable CONFIG_DM_THIN_PROVISIONING"),
                mapperTarget(
                        "DmClone",
                        "clone",
                        "dm-clone",
                        "stock Debian, Ubuntu cloud and RHEL kernels lack dm-clone: use a kernel with CONFIG_DM_CLONE, or"
                                + " build the module from this kernel's source"),
                optional(mapperTarget(
                        "DmDelay",
                        "delay",
                        "dm-delay",
                        "group snapshots need CONFIG_DM_DELAY; everything else works without it")),
                mapperTarget("DmMultipath", "multipath", "dm-multipath", "enable CONFIG_DM_MULTIPATH"),
                module(
                        "Lio",
                        () -> Files.isDirectory(TARGET.resolve("core")) && lioServesIscsi(),
                        List.of("target_core_mod", "target_core_iblock", "iscsi_target_mod"),
                        "mount configfs and enable CONFIG_TARGET_CORE, CONFIG_TCM_IBLOCK and CONFIG_ISCSI_TARGET"),
                module("IscsiTcp", () -> Files.exists(ISCSI_TCP), List.of("iscsi_tcp"), "enable CONFIG_ISCSI_TCP"),
                checkIscsid(),
                checkTools(),
                checkVolumeGroups(),
                checkEncryption());
    }

    static PreflightCheck checkKernel(String release) {
        String[] parts = release.split("[.-]", 3);
        int major = Integer.parseInt(parts[0]);
        int minor = Integer.parseInt(parts[1]);
        boolean recent = major > MIN_MAJOR || (major == MIN_MAJOR && minor >= MIN_MINOR);
        return result("Kernel", recent, recent ? release : release + " is older than 5.10: use a newer kernel");
    }

    private PreflightCheck mapperTarget(String name, String target, String module, String otherwise) {
        return module(name, () -> control.targetTypes().contains(target), List.of(module), otherwise);
    }

    private static PreflightCheck optional(PreflightCheck check) {
        return new PreflightCheck(check.name(), check.passed(), false, check.reason(), check.message());
    }

    private PreflightCheck module(String name, BooleanSupplier present, List<String> modules, String otherwise) {
        try {
            if (present.getAsBoolean()) {
                return result(name, true, "present");
            }
            List<String> command = new ArrayList<>(List.of("modprobe", "-a"));
            command.addAll(modules);
            CommandResult loaded = processes.run(DEADLINE, command);
            boolean now = present.getAsBoolean();
            return result(name, now, now ? "loaded" : loaded.err().strip() + "; " + otherwise);
        } catch (SluiceException e) {
            return result(name, false, e.getMessage() + "; " + otherwise);
        }
    }

    /** Making the folder asks the kernel for the fabric module; it stays, as it does on any node that exports. */
    private static boolean lioServesIscsi() {
        KernelFiles.makeFolder(TARGET.resolve("iscsi"));
        return true;
    }

    private static PreflightCheck checkIscsid() {
        boolean listening = KernelFiles.find(UNIX_SOCKETS)
                .filter(text -> text.contains(ISCSID_SOCKET))
                .isPresent();
        return result(
                "Iscsid",
                listening,
                listening ? "listening" : "iscsid does not listen: install open-iscsi and start iscsid.socket");
    }

    private PreflightCheck checkTools() {
        List<String> missing = PACKAGE_OF_TOOL.entrySet().stream()
                .filter(tool -> !isInstalled(tool.getKey()))
                .map(tool -> tool.getKey() + " (package " + tool.getValue() + ")")
                .sorted()
                .toList();
        boolean complete = missing.isEmpty();
        return result("Tools", complete, complete ? "all there" : "install " + String.join(", ", missing));
    }

    /** Only encrypted volumes need it: a node without is fit for all others. */
    private PreflightCheck checkEncryption() {
        if (!isInstalled("cryptsetup")) {
            return optional(Condition.ENCRYPTION, false, "install cryptsetup (package cryptsetup-bin)");
        }
        PreflightCheck target = mapperTarget(Condition.ENCRYPTION, "crypt", "dm-crypt", "enable CONFIG_DM_CRYPT");
        return optional(target.name(), target.passed(), target.message());
    }

    private static PreflightCheck optional(String name, boolean passed, String message) {
        return new PreflightCheck(name, passed, false, passed ? "Found" : "Missing", message);
    }

    private boolean isInstalled(String tool) {
        return TOOL_FOLDERS.stream()
                .anyMatch(folder -> Files.exists(hostRoot.resolve(folder).resolve(tool), LinkOption.NOFOLLOW_LINKS));
    }

    private PreflightCheck checkVolumeGroups() {
        try {
            lvm.report("vgs", "vg_name");
            return result("VolumeGroup", true, "found");
        } catch (SluiceException e) {
            return result("VolumeGroup", false, String.valueOf(e.getMessage()));
        }
    }

    private static PreflightCheck result(String name, boolean passed, String message) {
        return new PreflightCheck(name, passed, true, passed ? "Found" : "Missing", message);
    }
}
