package dev.sluice.node.stack;

import dev.sluice.api.CopyAllowance;
import org.jspecify.annotations.Nullable;

/**
 * The lowest of the limits of one copy.
 *
 * @param bytesPerSecond null for no limit
 * @param node whose it is; null for the copy's own, and for none
 */
record CopyLimit(
        @Nullable Long bytesPerSecond, String by, @Nullable String node) {
    static final String OWN = "maxBytesPerSecond";
    static final String IN = "maxBytesPerSecondIn";
    static final String OUT = "maxBytesPerSecondOut";
    static final String LATENCY = "latencyBudget";
    static final String FLOOR = "minBytesPerSecond";
    /** Of what is usual in flight under a limit: what a pod's request may find ahead of it is to be little. */
    private static final int GENTLE = 12;

    static final CopyLimit NONE = new CopyLimit(null, "", null);

    boolean isOwn() {
        return by.equals(OWN);
    }

    boolean isForLatency() {
        return by.equals(LATENCY) || by.equals(FLOOR);
    }

    /** The limit by which it is chosen how much is in flight; null for no limit. */
    @Nullable Long inFlight() {
        return bytesPerSecond != null && isForLatency() ? (Long) (bytesPerSecond / GENTLE) : bytesPerSecond;
    }

    /** The lower of the two. */
    CopyLimit and(@Nullable Long other, String otherBy, @Nullable String otherNode) {
        boolean lower = other != null && (bytesPerSecond == null || other < bytesPerSecond);
        return lower ? new CopyLimit(other, otherBy, otherNode) : this;
    }

    @Nullable CopyAllowance allowance() {
        return bytesPerSecond == null ? null : new CopyAllowance(bytesPerSecond, by, node);
    }

    String explain() {
        return switch (by) {
            case OWN -> "copying as fast as maxBytesPerSecond allows";
            case LATENCY ->
                "copying " + bytesPerSecond
                        + " bytes a second at most for now: more is tried only as long as the pod's I/O"
                        + " is not slowed by more than latencyBudget";
            case FLOOR ->
                "copying " + bytesPerSecond + " bytes a second, which minBytesPerSecond guarantees: more would slow the"
                        + " pod's I/O by more than latencyBudget, or the node's processors have nothing left";
            case IN ->
                "copying " + bytesPerSecond + " bytes a second at most: its share of what may be copied to node " + node
                        + " (maxBytesPerSecondIn of that StorageNode). Higher priority goes first, then what a pod"
                        + " uses, then what an evacuation waits for";
            default ->
                "copying " + bytesPerSecond + " bytes a second at most: its share of what node " + node
                        + " gives (maxBytesPerSecondOut, maxBytesPerSecondPerSource of that StorageNode). Higher"
                        + " priority goes first, then what a pod uses, then what an evacuation waits for";
        };
    }
}
