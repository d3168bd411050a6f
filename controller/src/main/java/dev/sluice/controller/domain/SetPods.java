package dev.sluice.controller.domain;

import java.util.Optional;

/** The pods of StatefulSets. Reads are live. */
public interface SetPods {
    /** Empty when there is no such pod, or when no StatefulSet made it. */
    Optional<SetPod> find(String namespace, String pod);

    /** Empty when there is no such StatefulSet. */
    Optional<MemberSet> findSet(String namespace, String name);
}
