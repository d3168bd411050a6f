package dev.sluice.node.clone;

import dev.sluice.node.host.LogicalVolume;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * On a logical volume that was made for a move whose old home has not agreed yet: it is no copy of anything, and may be removed at any time.
 * It goes with the next change of the copy's tags, which makes it one.
 */
public final class PreparedTag {
    private static final String PREPARED = "sluice.prepared";

    private PreparedTag() {}

    public static boolean isOn(LogicalVolume volume) {
        return volume.tags().contains(PREPARED);
    }

    static Set<String> addTo(Set<String> tags) {
        Set<String> all = new LinkedHashSet<>(tags);
        all.add(PREPARED);
        return all;
    }

    /** The same tags, as those that are to go. */
    public static Set<String> with(CopyTags tags) {
        return addTo(tags.print());
    }
}
