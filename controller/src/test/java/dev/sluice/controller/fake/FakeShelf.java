package dev.sluice.controller.fake;

import dev.sluice.controller.domain.Shelf;
import dev.sluice.controller.domain.Stored;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/** Objects of one kind, with versions as preconditions; the nodes act whenever someone waits. */
public final class FakeShelf<S, T> implements Shelf<S, T> {
    private final FakeRegistry registry;
    private final BiPredicate<S, String> serves;
    private final TreeMap<String, Stored<S, T>> objects = new TreeMap<>();

    FakeShelf(FakeRegistry registry, BiPredicate<S, String> serves) {
        this.registry = registry;
        this.serves = serves;
    }

    @Override
    public Optional<Stored<S, T>> find(String key) {
        synchronized (registry) {
            return Optional.ofNullable(objects.get(key));
        }
    }

    @Override
    public List<Stored<S, T>> findByVolume(String volumeId) {
        return findAll().stream()
                .filter(each -> serves.test(each.spec(), volumeId))
                .toList();
    }

    @Override
    public List<Stored<S, T>> findAll() {
        synchronized (registry) {
            return new ArrayList<>(objects.values());
        }
    }

    @Override
    public boolean create(String key, S spec) {
        synchronized (registry) {
            registry.countWrite();
            if (objects.containsKey(key)) {
                return false;
            }
            objects.put(key, new Stored<>(key, "uid-" + registry.change(), version(), spec, null, null));
            return true;
        }
    }

    @Override
    public void replace(Stored<S, T> seen, S spec) {
        synchronized (registry) {
            registry.countWrite();
            Stored<S, T> current = objects.get(seen.key());
            if (current == null || !current.version().equals(seen.version())) {
                throw new SluiceException(ErrorKind.BUSY, seen.key() + " was changed meanwhile");
            }
            registry.change();
            objects.put(
                    seen.key(),
                    new Stored<>(seen.key(), seen.uid(), version(), spec, current.status(), current.owner()));
        }
    }

    @Override
    public void forget(Stored<S, T> seen) {
        synchronized (registry) {
            registry.countWrite();
            if (objects.containsKey(seen.key())) {
                registry.change();
                objects.remove(seen.key());
            }
        }
    }

    @Override
    public Optional<Stored<S, T>> await(String key, Predicate<Optional<Stored<S, T>>> condition, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        synchronized (registry) {
            while (true) {
                registry.letNodesAct();
                long left = (end - System.nanoTime()) / 1_000_000;
                if (condition.test(find(key)) || left <= 0) {
                    return find(key);
                }
                registry.pause(left);
            }
        }
    }

    /** What a node says of it. */
    public void report(String key, T status) {
        synchronized (registry) {
            Stored<S, T> current = objects.get(key);
            if (current != null && !status.equals(current.status())) {
                registry.change();
                objects.put(key, new Stored<>(key, current.uid(), version(), current.spec(), status, current.owner()));
            }
        }
    }

    void own(String key, String owner) {
        synchronized (registry) {
            Stored<S, T> current = objects.get(key);
            if (current != null) {
                registry.change();
                objects.put(key, new Stored<>(key, current.uid(), version(), current.spec(), current.status(), owner));
            }
        }
    }

    private String version() {
        return Long.toString(registry.changes());
    }
}
