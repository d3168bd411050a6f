package dev.sluice.node.stack;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** One change of a copy at a time. In memory only: what must outlive the process is in tags and names. */
final class StackLocks {
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    <T> T locked(String copy, Supplier<T> action) {
        ReentrantLock lock = of(copy);
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** Always in one order, so that two who want the same do not wait for each other. */
    <T> T lockedAll(List<String> copies, Supplier<T> action) {
        List<String> ordered = copies.stream().sorted().toList();
        return ordered.isEmpty()
                ? action.get()
                : locked(ordered.getFirst(), () -> lockedAll(ordered.subList(1, ordered.size()), action));
    }

    /** Does not wait: empty, and nothing is done, while anyone changes the copy. */
    <T> Optional<T> attempt(String copy, Supplier<T> action) {
        ReentrantLock lock = of(copy);
        if (lock.isHeldByCurrentThread() || !lock.tryLock()) {
            return Optional.empty();
        }
        try {
            return Optional.of(action.get());
        } finally {
            lock.unlock();
        }
    }

    void forget(String copy) {
        locks.remove(copy);
    }

    private ReentrantLock of(String copy) {
        return locks.computeIfAbsent(copy, key -> new ReentrantLock());
    }
}
