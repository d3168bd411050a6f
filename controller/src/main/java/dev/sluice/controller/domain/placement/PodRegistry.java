package dev.sluice.controller.domain.placement;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The pods that use volumes of ours. */
public interface PodRegistry {
    /** Pods on this node that use this volume, have not started yet, and are not on their way out. */
    List<StrandedPod> findWaiting(String volume, String node);

    /** When a pod was first sent away from this node because of this volume, as far back as the cluster remembers. */
    Optional<Instant> findRescue(StrandedVolume stranded, String namespace);

    /** Tells in an event of the pod that, and why, it is sent away; telling it again is the same. */
    void tellRescue(StrandedVolume stranded, StrandedPod pod, String message);

    /** Asks the Eviction API; false when a disruption budget forbids it just now. A pod that is gone is success. */
    boolean evict(StrandedPod pod);
}
