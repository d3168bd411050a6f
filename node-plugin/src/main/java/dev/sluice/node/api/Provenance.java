package dev.sluice.node.api;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.Export;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.VolumeSpec;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import org.jspecify.annotations.Nullable;

/**
 * Whether a volume may be made here. Once, and never in place of one that was: what an object says of its storage may be missing, when it was
 * written again from a backup, or when the node was installed anew under its old name.
 */
final class Provenance {
    private final NodeClusterAccess cluster;

    Provenance(NodeClusterAccess cluster) {
        this.cluster = cluster;
    }

    /** DATA_LOSS when something tells that the volume was made before. Of a volume that is not here, and not known to be allocated. */
    void requireFirst(String volume, VolumeSpec spec) {
        if (spec.epoch() == 1) {
            requireUnbound(volume, spec.claim());
        } else if (spec.origin() == null) {
            requireEmptyBefore(volume, spec.epoch());
        }
    }

    // A PersistentVolume is only made for a volume whose storage exists.
    private void requireUnbound(String volume, @Nullable ClaimReference claim) {
        String name = claim == null ? null : claim.persistentVolume();
        if (name != null && cluster.isPersistentVolume(name, volume)) {
            throw missing(volume, "PersistentVolume " + name + " is there, so the volume was made before");
        }
    }

    private void requireEmptyBefore(String volume, long epoch) {
        boolean empty = cluster.findExport(Names.export(volume, epoch))
                .map(Export::getStatus)
                .filter(status -> isEmpty(status, epoch))
                .isPresent();
        if (!empty) {
            throw missing(volume, "the volume is of epoch " + epoch + ", and nobody says that it was empty before");
        }
    }

    private static boolean isEmpty(ExportStatus status, long epoch) {
        return Boolean.TRUE.equals(status.empty()) && Long.valueOf(epoch).equals(status.consentedEpoch());
    }

    private static SluiceException missing(String volume, String evidence) {
        return new SluiceException(
                ErrorKind.DATA_LOSS,
                "the copy of volume " + volume + " is not on this node; " + evidence
                        + ". Nothing is made in its place; bring the disk back, or order what the volume goes on with"
                        + " (spec.recovery; docs/moves.md, \"When a copy is lost for ever\")");
    }
}
