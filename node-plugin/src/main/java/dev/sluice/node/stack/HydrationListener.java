package dev.sluice.node.stack;

/** Told of each look at each hydration of this node, about once a second; it decides what to publish. */
public interface HydrationListener {
    void observed(HydrationReport report);
}
