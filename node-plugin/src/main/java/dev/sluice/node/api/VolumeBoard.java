package dev.sluice.node.api;

import dev.sluice.node.stack.VolumeOutcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * What this process knows of the volumes it brought up. A status in the cluster outlives a reboot and its devices; this does not,
 * so a pod's mount waits for this.
 */
public final class VolumeBoard {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Entry> entries = new HashMap<>();

    /** How a volume is, at an epoch. */
    public record Entry(long epoch, VolumeOutcome outcome) {}

    public void put(String volume, long epoch, VolumeOutcome outcome) {
        lock.lock();
        try {
            entries.put(volume, new Entry(epoch, outcome));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public void remove(String volume) {
        lock.lock();
        try {
            entries.remove(volume);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public Optional<Entry> find(String volume) {
        lock.lock();
        try {
            return Optional.ofNullable(entries.get(volume));
        } finally {
            lock.unlock();
        }
    }

    /** Waits for an entry as wanted; false when the time is over first. */
    public boolean await(String volume, Predicate<Entry> wanted, Duration time) {
        long left = time.toNanos();
        lock.lock();
        try {
            while (Optional.ofNullable(entries.get(volume)).filter(wanted).isEmpty()) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
