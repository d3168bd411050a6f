package dev.sluice.controller.domain;

import org.jspecify.annotations.Nullable;

/**
 * A pod of a StatefulSet.
 *
 * @param set the StatefulSet's name
 * @param node null while no node was chosen
 * @param ready it serves
 */
public record SetPod(
        String namespace,
        String name,
        String uid,
        String set,
        @Nullable String node,
        Stage stage,
        boolean ready) {

    public enum Stage {
        /** It has no containers yet. */
        STARTING,
        RUNNING,
        /** It is deleted, or its containers have ended for good: a successor may be anywhere. */
        ENDING
    }

    /** The number of the member that it is; the set's controller names it so. */
    String member() {
        return name.substring(Math.min(name.length(), set.length() + 1));
    }
}
