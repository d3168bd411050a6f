package dev.sluice.controller.fake;

import dev.sluice.controller.domain.Registry;
import dev.sluice.controller.domain.Shelf;
import dev.sluice.controller.domain.Stored;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A shelf at which others get their turn before each look and each write. */
public final class Interleaved<S, T> implements Shelf<S, T> {
    private final Shelf<S, T> shelf;
    private final Runnable others;

    private Interleaved(Shelf<S, T> shelf, Runnable others) {
        this.shelf = shelf;
        this.others = others;
    }

    public static Registry registry(Registry registry, Runnable others) {
        return new Registry(
                new Interleaved<>(registry.volumes(), others),
                new Interleaved<>(registry.snapshots(), others),
                new Interleaved<>(registry.exports(), others),
                new Interleaved<>(registry.hydrations(), others),
                registry.nodes(),
                registry.claims());
    }

    @Override
    public Optional<Stored<S, T>> find(String key) {
        others.run();
        return shelf.find(key);
    }

    @Override
    public List<Stored<S, T>> findByVolume(String volumeId) {
        others.run();
        return shelf.findByVolume(volumeId);
    }

    @Override
    public List<Stored<S, T>> findAll() {
        others.run();
        return shelf.findAll();
    }

    @Override
    public boolean create(String key, S spec) {
        others.run();
        return shelf.create(key, spec);
    }

    @Override
    public void replace(Stored<S, T> seen, S spec) {
        others.run();
        shelf.replace(seen, spec);
    }

    @Override
    public void forget(Stored<S, T> seen) {
        others.run();
        shelf.forget(seen);
    }

    @Override
    public Optional<Stored<S, T>> await(String key, Predicate<Optional<Stored<S, T>>> condition, Duration atMost) {
        others.run();
        return shelf.await(key, condition, atMost);
    }
}
