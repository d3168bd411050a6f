package dev.sluice.controller.rpc;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** One operation at a time on an object. It only saves work: between replicas the objects' versions are the locks. */
final class NameLocks {
    private final Set<String> held = ConcurrentHashMap.newKeySet();

    <T> T hold(String name, Supplier<T> action) {
        if (!held.add(name)) {
            throw new SluiceException(ErrorKind.BUSY, "an operation on " + name + " is in flight; retry");
        }
        try {
            return action.get();
        } finally {
            held.remove(name);
        }
    }
}
