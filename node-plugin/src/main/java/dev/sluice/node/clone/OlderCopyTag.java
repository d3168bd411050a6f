package dev.sluice.node.clone;

import dev.sluice.node.host.LogicalVolume;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;

/**
 * On a logical volume that was made from an older copy of the same volume: what the engine has not marked as local is that older copy's
 * content, which nobody must see. So no discard may pass, for it would mark a region without writing it.
 */
public final class OlderCopyTag {
    private static final String MADE_FROM = "sluice.older-copy=";
    private static final String REUSED = "sluice.reused-regions=";

    private OlderCopyTag() {}

    public static boolean isOn(LogicalVolume volume) {
        return volume.tags().stream().anyMatch(tag -> tag.startsWith(MADE_FROM));
    }

    /** Regions that were proven equal; empty until the comparison has ended. */
    public static OptionalLong reusedRegions(LogicalVolume volume) {
        return volume.tags().stream()
                .filter(tag -> tag.startsWith(REUSED))
                .mapToLong(tag -> Long.parseLong(tag.substring(REUSED.length())))
                .findFirst();
    }

    /** @param older name of the copy it is made from */
    static Set<String> addTo(Set<String> tags, String older) {
        Set<String> all = new LinkedHashSet<>(tags);
        all.add(MADE_FROM + older);
        return all;
    }

    /** The comparison has ended. */
    public static Set<String> ended(long regions) {
        return Set.of(REUSED + regions);
    }

    /** Of a copy of such a volume: the same bytes are beneath it, and nothing is compared any more. */
    public static Set<String> carriedFrom(LogicalVolume source) {
        Set<String> carried = new LinkedHashSet<>();
        source.tags().stream().filter(tag -> tag.startsWith(MADE_FROM)).forEach(carried::add);
        if (!carried.isEmpty()) {
            carried.addAll(ended(0));
        }
        return carried;
    }
}
