package dev.sluice.node.mount;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** One call a volume at a time; a second one is told to come again. */
public final class VolumeLocks {
    private final Set<String> held = ConcurrentHashMap.newKeySet();

    public <T> T holding(String volume, Supplier<T> action) {
        if (!held.add(volume)) {
            throw new SluiceException(ErrorKind.BUSY, "another call for volume " + volume + " is in flight; ask again");
        }
        try {
            return action.get();
        } finally {
            held.remove(volume);
        }
    }
}
