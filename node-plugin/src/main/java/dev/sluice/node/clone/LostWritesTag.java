package dev.sluice.node.clone;

import dev.sluice.node.host.LogicalVolume;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** On a copy that nobody was left to use while its origin was away: when writes that no fsync had confirmed were given up. */
public final class LostWritesTag {
    private static final String LOST = "sluice.writes-lost=";

    private LostWritesTag() {}

    /** The last time. */
    public static Optional<Instant> find(LogicalVolume volume) {
        return of(volume).stream()
                .map(tag -> Instant.ofEpochSecond(Long.parseLong(tag.substring(LOST.length()))))
                .findFirst();
    }

    /** What it says already. */
    public static Set<String> of(LogicalVolume volume) {
        return volume.tags().stream().filter(tag -> tag.startsWith(LOST)).collect(Collectors.toUnmodifiableSet());
    }

    public static Set<String> at(Instant time) {
        return Set.of(LOST + time.getEpochSecond());
    }
}
