package dev.sluice.node.host.linux;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What device-mapper tells by itself: an event of any device wakes, and the counts say whose it was. */
final class DmEvents {
    private final DmControl control;
    private Map<String, Integer> known = Map.of();

    DmEvents(DmControl control) {
        this.control = control;
    }

    synchronized Set<String> await(Duration longest) {
        Set<String> changed = changed();
        return changed.isEmpty() && control.awaitEvent(longest) ? changed() : changed;
    }

    private Set<String> changed() {
        // Before the counts are read: what happens afterwards wakes.
        control.arm();
        Map<String, Integer> before = known;
        known = control.eventCounts();
        return known.entrySet().stream()
                .filter(count -> !count.getValue().equals(before.get(count.getKey())))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }
}
