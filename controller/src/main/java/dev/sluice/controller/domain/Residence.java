package dev.sluice.controller.domain;

import dev.sluice.api.AttachmentState;
import dev.sluice.api.AttachmentStatus;
import dev.sluice.api.DesiredState;
import dev.sluice.api.VolumeSpec;
import java.util.Optional;

/** Whether a node may use a volume: the answer to its Attachment. */
public final class Residence {
    private Residence() {}

    public static AttachmentStatus of(String volumeId, String node, Optional<VolumeSpec> volume) {
        if (volume.isEmpty()) {
            return waiting("VolumeMissing", "volume " + volumeId + " does not exist");
        }
        VolumeSpec spec = volume.get();
        if (spec.state() == DesiredState.ABSENT) {
            return waiting("VolumeLeaving", "volume " + volumeId + " is being deleted");
        }
        if (!spec.home().equals(node)) {
            return waiting("HomeElsewhere", "volume " + volumeId + " is on node " + spec.home());
        }
        if (spec.target() != null) {
            return waiting("Moving", "volume " + volumeId + " is moving to node " + spec.target());
        }
        return new AttachmentStatus(AttachmentState.GRANTED, "AtHome", "volume " + volumeId + " is on this node");
    }

    private static AttachmentStatus waiting(String reason, String message) {
        return new AttachmentStatus(AttachmentState.WAITING, reason, message);
    }
}
