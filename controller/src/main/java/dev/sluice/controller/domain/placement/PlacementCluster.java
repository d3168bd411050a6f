package dev.sluice.controller.domain.placement;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the cluster's own objects say of where pods are and may go. */
public interface PlacementCluster {
    /** Attachments that wait because of the node they are on. */
    List<StrandedVolume> findStranded();

    Optional<Worker> findWorker(String name);

    /** Why a node is marked, by node. */
    Map<String, String> findMarks();

    /** Absent nodes are left alone. */
    void mark(String node, String reason);

    void removeMark(String node);
}
