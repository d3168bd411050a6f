package dev.sluice.controller.domain;

import dev.sluice.api.AttachmentState;
import dev.sluice.api.AttachmentStatus;
import dev.sluice.api.VolumeSpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a node could take a volume that is elsewhere. Pure. */
public final class NodeFitness {
    public static final String UNFIT = "Unfit";
    public static final String NO_SPACE = "NoSpace";

    private NodeFitness() {}

    /** Of an Attachment that waits: because of the node it is on. On another one the volume could be had. */
    public static boolean isReason(@Nullable String reason) {
        return UNFIT.equals(reason) || NO_SPACE.equals(reason);
    }

    /** Why the node cannot take the volume now; empty when it can. */
    public static Optional<AttachmentStatus> refusal(NodeView node, VolumeSpec volume) {
        return unfitness(node, volume).or(() -> {
            long room = NodeChoice.room(node, volume.pool());
            return room < volume.sizeBytes()
                    ? Optional.of(waiting(
                            NO_SPACE,
                            "node " + node.name() + " has " + room + " bytes free, " + volume.sizeBytes()
                                    + " are needed"))
                    : Optional.empty();
        });
    }

    /** What of a refusal does not change with the bytes that are free. */
    static Optional<AttachmentStatus> unfitness(NodeView node, VolumeSpec volume) {
        Optional<String> unfit = node.unfit();
        if (volume.encryption() != null) {
            unfit = unfit.or(node::unfitToEncrypt);
        }
        if (unfit.isEmpty() && !node.canHydrate()) {
            unfit = Optional.of("cannot hydrate a clone (no engine in its kernel)");
        }
        if (unfit.isEmpty() && node.pool(volume.pool()).isEmpty()) {
            unfit = Optional.of("has no pool " + volume.pool());
        }
        return unfit.map(why -> waiting(UNFIT, "node " + node.name() + " " + why));
    }

    private static AttachmentStatus waiting(String reason, String message) {
        return new AttachmentStatus(AttachmentState.WAITING, reason, message);
    }
}
