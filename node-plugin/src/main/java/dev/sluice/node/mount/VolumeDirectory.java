package dev.sluice.node.mount;

import java.time.Duration;
import java.util.List;

/** What staging needs of the cluster. */
public interface VolumeDirectory {
    /**
     * Waits until the volume can be used on this node. When the patience ends it throws what holds it up: IN_USE when it lives on
     * another node, UNAVAILABLE when its origin cannot be reached, STILL_WORKING otherwise; NOT_FOUND at once for an unknown volume.
     */
    ReadyVolume awaitReady(String volume, Duration patience);

    /** Declares that a pod on this node wants, or has, the volume; already declared is success. */
    void createAttachment(String volume);

    /** Absent is success. */
    void removeAttachment(String volume);

    /** Volumes this node has declared a use of. */
    List<String> attachments();
}
