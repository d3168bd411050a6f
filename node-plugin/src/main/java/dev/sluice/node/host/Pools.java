package dev.sluice.node.host;

import java.util.Optional;
import java.util.function.Supplier;

/** Thin pools. */
public interface Pools {
    /**
     * Creates the thin pool if it is absent, with a chunk size by rule from the pool's size. It zeroes new blocks afterwards, a pool that
     * was there before too. HOST when the group is missing.
     */
    Pool ensure(PoolSettings settings);

    /** A fresh look at how full it is. */
    Optional<Pool> find(PoolSettings settings);

    /** While the action runs, it alone changes logical volumes of ours: what it asks for does not wait for others. */
    <T> T undisturbed(Supplier<T> action);
}
