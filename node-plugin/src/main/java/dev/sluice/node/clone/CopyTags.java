package dev.sluice.node.clone;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.LogicalVolume;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the tags on a volume's logical volume say; the node obeys them before any object or cache.
 *
 * @param originBytes bytes that come from the remote origin; 0 when there is none
 * @param regionBytes bytes of the engine's region; 0 when there is no engine
 * @param skippedRegions regions known to be unused, never copied
 * @param closedFor the later epoch for which this copy was given up: it is read by its successor, and never opened again; 0 while it is
 *     the volume
 * @param closedTo the node it was given up to; null while it is open, or when it was given up to none
 */
public record CopyTags(
        long epoch,
        CopyState state,
        long originBytes,
        long regionBytes,
        long skippedRegions,
        long closedFor,
        @Nullable String closedTo) {
    private static final String EPOCH = "sluice.epoch=";
    private static final String STATE = "sluice.state=";
    private static final String ORIGIN_BYTES = "sluice.origin-bytes=";
    private static final String REGION_BYTES = "sluice.region-bytes=";
    private static final String SKIPPED = "sluice.skipped-regions=";
    private static final String CLOSED_FOR = "sluice.closed-for=";
    private static final String CLOSED_TO = "sluice.closed-to=";

    /** The tags of a copy that is open. */
    public CopyTags(long epoch, CopyState state, long originBytes, long regionBytes, long skippedRegions) {
        this(epoch, state, originBytes, regionBytes, skippedRegions, 0, null);
    }

    /** The tags of a copy that needs no engine. */
    public static CopyTags plain(long epoch, CopyState state) {
        return new CopyTags(epoch, state, 0, 0, 0);
    }

    public CopyTags withState(CopyState newState) {
        return new CopyTags(epoch, newState, originBytes, regionBytes, skippedRegions, closedFor, closedTo);
    }

    public CopyTags withSkippedRegions(long regions) {
        return new CopyTags(epoch, state, originBytes, regionBytes, regions, closedFor, closedTo);
    }

    /** @param to the node that goes on with it; null when none does */
    public CopyTags closed(long successor, @Nullable String to) {
        return new CopyTags(epoch, state, originBytes, regionBytes, skippedRegions, successor, to);
    }

    public boolean isClosed() {
        return closedFor > 0;
    }

    /** Of a copy that is only read from then on. */
    public boolean wasGivenUpBy(long laterEpoch) {
        return isClosed() && epoch < laterEpoch && closedFor <= laterEpoch;
    }

    /** Bytes of the origin known to be unused; the last region may be partial. */
    public long skippedBytes() {
        return Math.min(skippedRegions * regionBytes, originBytes);
    }

    public Set<String> print() {
        Set<String> tags = new LinkedHashSet<>();
        tags.add(EPOCH + epoch);
        tags.add(STATE + state.name().toLowerCase(Locale.ROOT));
        if (originBytes > 0) {
            tags.add(ORIGIN_BYTES + originBytes);
            tags.add(REGION_BYTES + regionBytes);
        }
        if (skippedRegions > 0) {
            tags.add(SKIPPED + skippedRegions);
        }
        if (isClosed()) {
            tags.add(CLOSED_FOR + closedFor);
        }
        if (closedTo != null) {
            tags.add(CLOSED_TO + closedTo);
        }
        return tags;
    }

    /** The tags of a copy of a volume; HOST when the volume does not carry them, so is not ours to use. */
    public static CopyTags of(LogicalVolume volume) {
        return find(volume)
                .orElseThrow(
                        () -> new SluiceException(
                                ErrorKind.HOST,
                                "logical volume " + volume.volumeGroup() + "/" + volume.name()
                                        + " has a name of Sluice's but not its tags; it is left alone. Rename or remove it by hand."));
    }

    public static Optional<CopyTags> find(LogicalVolume volume) {
        Optional<String> state = value(volume, STATE);
        Optional<String> epoch = value(volume, EPOCH);
        if (state.isEmpty() || epoch.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new CopyTags(
                Long.parseLong(epoch.get()),
                CopyState.valueOf(state.get().toUpperCase(Locale.ROOT)),
                number(volume, ORIGIN_BYTES),
                number(volume, REGION_BYTES),
                number(volume, SKIPPED),
                number(volume, CLOSED_FOR),
                value(volume, CLOSED_TO).orElse(null)));
    }

    private static long number(LogicalVolume volume, String prefix) {
        return value(volume, prefix).map(Long::parseLong).orElse(0L);
    }

    private static Optional<String> value(LogicalVolume volume, String prefix) {
        return volume.tags().stream()
                .filter(tag -> tag.startsWith(prefix))
                .map(tag -> tag.substring(prefix.length()))
                .findFirst();
    }
}
