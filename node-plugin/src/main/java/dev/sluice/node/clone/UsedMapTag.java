package dev.sluice.node.clone;

import dev.sluice.node.host.LogicalVolume;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;

/** On a copy to which the used map of its origin was applied: how many of its skipped regions that spared. */
public final class UsedMapTag {
    private static final String SKIPPED = "sluice.used-map=";

    private UsedMapTag() {}

    /** Empty as long as no map was applied to its end. */
    public static OptionalLong regions(LogicalVolume volume) {
        return volume.tags().stream()
                .filter(tag -> tag.startsWith(SKIPPED))
                .mapToLong(tag -> Long.parseLong(tag.substring(SKIPPED.length())))
                .findFirst();
    }

    public static Set<String> addTo(Set<String> tags, long regions) {
        Set<String> all = new LinkedHashSet<>(tags);
        all.add(SKIPPED + regions);
        return all;
    }
}
