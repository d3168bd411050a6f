package dev.sluice.node.rpc;

import csi.v1.VolumeCapability;
import csi.v1.VolumeCapability.AccessMode.Mode;
import csi.v1.VolumeCapability.MountVolume;
import dev.sluice.api.VolumeMode;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.filesystem.FileSystemType;
import dev.sluice.node.mount.Access;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a volume capability; refuses what a volume on one node's disk cannot give. */
final class Capabilities {
    private Capabilities() {}

    static Access access(boolean given, VolumeCapability capability) {
        if (!given) {
            throw invalid("volume_capability is missing");
        }
        Mode mode = capability.getAccessMode().getMode();
        boolean readOnly = readOnly(mode);
        boolean exclusive = mode == Mode.SINGLE_NODE_SINGLE_WRITER;
        return switch (capability.getAccessTypeCase()) {
            case BLOCK -> new Access(VolumeMode.BLOCK, null, List.of(), readOnly, exclusive);
            case MOUNT -> mount(capability.getMount(), readOnly, exclusive);
            case ACCESSTYPE_NOT_SET -> throw invalid("volume_capability has neither block nor mount");
        };
    }

    // Read-only is how a pod sees it: the file system itself is always mounted writable, for the sake of its journal.
    private static Access mount(MountVolume mount, boolean readOnly, boolean exclusive) {
        String fsType = fsType(mount.getFsType());
        List<String> flags = mount.getMountFlagsList();
        FileSystemType.requireMountOptions(fsType, flags);
        List<String> options = flags.stream()
                .filter(flag -> !flag.equals("ro") && !flag.equals("rw"))
                .toList();
        return new Access(VolumeMode.FILESYSTEM, fsType, options, readOnly || flags.contains("ro"), exclusive);
    }

    private static @Nullable String fsType(String requested) {
        return requested.isEmpty() ? null : FileSystemType.named(requested).word();
    }

    private static boolean readOnly(Mode mode) {
        return switch (mode) {
            case SINGLE_NODE_WRITER, SINGLE_NODE_SINGLE_WRITER, SINGLE_NODE_MULTI_WRITER -> false;
            case SINGLE_NODE_READER_ONLY -> true;
            case MULTI_NODE_READER_ONLY, MULTI_NODE_SINGLE_WRITER, MULTI_NODE_MULTI_WRITER ->
                throw invalid("access mode " + mode + " is not offered: a volume is on one node at a time");
            case UNKNOWN, UNRECOGNIZED -> throw invalid("volume_capability has no access mode");
        };
    }

    private static SluiceException invalid(String message) {
        return new SluiceException(ErrorKind.INVALID, message);
    }
}
