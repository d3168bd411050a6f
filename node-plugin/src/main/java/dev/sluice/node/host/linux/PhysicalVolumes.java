package dev.sluice.node.host.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Block devices LVM may look at. It would scan every one, and wait for ever on a suspended device of ours, on a source that queues, or on
 * a dead iSCSI disk: none of these is ever named to it. Logical volumes are left out too; a volume group on a logical volume is not ours.
 */
final class PhysicalVolumes {
    private final Path sys;

    PhysicalVolumes(Path sys) {
        this.sys = sys;
    }

    List<String> candidates() {
        List<String> paths = new ArrayList<>();
        for (String disk : KernelFiles.names(sys.resolve("block"))) {
            Path folder = sys.resolve("block").resolve(disk);
            if (isCandidate(disk, folder)) {
                paths.add("/dev/" + disk.replace('!', '/'));
                KernelFiles.names(folder, disk + "*").forEach(partition -> paths.add("/dev/" + partition));
            }
        }
        return paths;
    }

    private boolean isCandidate(String disk, Path folder) {
        if (disk.startsWith("loop") || disk.startsWith("ram") || disk.startsWith("zram") || isEmpty(folder)) {
            return false;
        }
        Optional<String> mapped = KernelFiles.find(folder.resolve("dm/uuid"));
        if (mapped.isPresent()) {
            return !mapped.get().startsWith("SLUICE-") && !mapped.get().startsWith("LVM-");
        }
        return !SysfsSessions.isIscsiDisk(folder);
    }

    private static boolean isEmpty(Path folder) {
        return KernelFiles.find(folder.resolve("size")).orElse("0").equals("0");
    }
}
