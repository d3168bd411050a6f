package dev.sluice.controller.domain;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** The objects of one kind. Reads are live; writes hold only for the version that was seen. */
public interface Shelf<S, T> {
    Optional<Stored<S, T>> find(String key);

    /** Objects that serve this volume. */
    List<Stored<S, T>> findByVolume(String volumeId);

    List<Stored<S, T>> findAll();

    /** Returns false when an object of this key is there already: whoever creates first has the lock. */
    boolean create(String key, S spec);

    /** Throws BUSY when someone else has changed it since it was seen. */
    void replace(Stored<S, T> seen, S spec);

    /** Changes what is there now, again when someone else writes at the same time; absent is success. */
    default void change(String key, UnaryOperator<S> change) {
        retried(() -> find(key).ifPresent(seen -> {
            S spec = change.apply(seen.spec());
            if (!spec.equals(seen.spec())) {
                replace(seen, spec);
            }
        }));
    }

    /** Tries again, from a fresh look, what someone else was faster than; whoever is always faster is told of as BUSY. */
    static void retried(Runnable attempt) {
        final int attempts = 5;
        for (int number = 1; ; number++) {
            try {
                attempt.run();
                return;
            } catch (SluiceException e) {
                if (e.kind() != ErrorKind.BUSY || number == attempts) {
                    throw e;
                }
            }
        }
    }

    /** Lets the object go, with our finalizer; absent is success. */
    void forget(Stored<S, T> seen);

    /** Waits until the condition holds, at most so long, and returns what was seen last. */
    Optional<Stored<S, T>> await(String key, Predicate<Optional<Stored<S, T>>> condition, Duration atMost);
}
