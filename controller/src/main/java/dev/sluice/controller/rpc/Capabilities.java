package dev.sluice.controller.rpc;

import csi.v1.VolumeCapability;
import dev.sluice.api.VolumeMode;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.filesystem.FileSystemType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a pod wants of a volume. */
record Capabilities(VolumeMode mode, String fsType) {

    static Capabilities parse(List<VolumeCapability> capabilities) {
        if (capabilities.isEmpty()) {
            throw invalid("volume capabilities are missing");
        }
        List<Capabilities> parsed =
                capabilities.stream().map(Capabilities::parseOne).distinct().toList();
        if (parsed.size() > 1) {
            throw invalid("a volume is either a file system or a block device, with one file system type");
        }
        return parsed.getFirst();
    }

    /** @param fsType null when the request leaves it to its source */
    static void requireMountOptions(List<VolumeCapability> capabilities, @Nullable String fsType) {
        for (VolumeCapability capability : capabilities) {
            FileSystemType.requireMountOptions(fsType, capability.getMount().getMountFlagsList());
        }
    }

    private static Capabilities parseOne(VolumeCapability capability) {
        checkMode(capability.getAccessMode().getMode());
        return switch (capability.getAccessTypeCase()) {
            case BLOCK -> new Capabilities(VolumeMode.BLOCK, "");
            case MOUNT -> {
                if (!capability.getMount().getVolumeMountGroup().isEmpty()) {
                    throw invalid("volume_mount_group is not supported");
                }
                yield new Capabilities(
                        VolumeMode.FILESYSTEM, capability.getMount().getFsType());
            }
            case ACCESSTYPE_NOT_SET -> throw invalid("a volume capability must name block or mount access");
        };
    }

    private static void checkMode(VolumeCapability.AccessMode.Mode mode) {
        switch (mode) {
            case SINGLE_NODE_WRITER, SINGLE_NODE_READER_ONLY, SINGLE_NODE_SINGLE_WRITER, SINGLE_NODE_MULTI_WRITER -> {}
            case MULTI_NODE_READER_ONLY, MULTI_NODE_SINGLE_WRITER, MULTI_NODE_MULTI_WRITER ->
                throw invalid(
                        "access mode " + mode
                                + " is not supported: a volume is on one node at a time (use ReadWriteOnce or ReadWriteOncePod)");
            case UNKNOWN, UNRECOGNIZED -> throw invalid("a volume capability must name an access mode");
        }
    }

    private static SluiceException invalid(String message) {
        return new SluiceException(ErrorKind.INVALID, message);
    }
}
