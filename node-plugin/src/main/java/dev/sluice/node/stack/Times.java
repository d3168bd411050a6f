package dev.sluice.node.stack;

/** Of two instants or two durations one. */
final class Times {
    private Times() {}

    /** The earlier or the shorter. */
    static <T extends Comparable<T>> T least(T one, T other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    /** The later or the longer. */
    static <T extends Comparable<T>> T most(T one, T other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
