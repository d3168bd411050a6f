package dev.sluice.controller.domain;

import dev.sluice.api.ClaimReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The storage nodes and who uses what there. */
public interface NodeRegistry {
    List<NodeView> findAll();

    /** Empty when the node's StorageNode was deleted: the node will not come back. */
    Optional<NodeView> find(String name);

    /** Names of the nodes with a limit on what they give to others. */
    Set<String> limited();

    /** Names of the nodes that have an Attachment, by volume. */
    Map<String, List<String>> attachments();

    /** Names of the nodes that have an Attachment for this volume, the oldest first. */
    List<String> attachments(String volume);

    /**
     * Names of the nodes that pods with this volume were given and have not started on, the oldest pod's first: each of them is about to
     * have an Attachment.
     *
     * @param claim what the volume was made for; nothing is expected once its PVC has another volume
     */
    List<String> expected(String volume, ClaimReference claim);
}
