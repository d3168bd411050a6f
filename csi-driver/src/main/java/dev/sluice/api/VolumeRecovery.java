package dev.sluice.api;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An administrator's order to go on without the copy that is the volume, and what came of such orders. The first four fields are the
 * administrator's, and are taken away when the order is done or refused; the others are the controller's.
 *
 * @param giveUp the copy that is given up, node@epoch: the home and the epoch that the volume has now
 * @param use what the volume goes on with: the id of one of its snapshots, or another copy of it, node@epoch
 * @param by who orders it
 * @param discard a copy that was given up and is to be removed now, node@epoch
 * @param refused the last order, and why it was not done; absent when it was
 * @param done what was given up in the life of the volume, the first first
 * @param lost copies that were given up and are still somewhere: never used again
 */
public record VolumeRecovery(
        @Nullable String giveUp,
        @Nullable String use,
        @Nullable String by,
        @Nullable String discard,
        @Nullable String refused,
        @Nullable List<GivenUp> done,
        @Nullable List<LostCopy> lost) {
    static final VolumeRecovery NONE = new VolumeRecovery(null, null, null, null, null, null, null);

    /** Of a volume of which nothing was ever given up: nothing is said. */
    public static VolumeRecovery of(VolumeSpec spec) {
        return Objects.requireNonNullElse(spec.recovery(), NONE);
    }

    public boolean hasOrder() {
        return giveUp != null || use != null || discard != null;
    }

    public List<GivenUp> history() {
        return done == null ? List.of() : done;
    }

    public List<LostCopy> copies() {
        return lost == null ? List.of() : lost;
    }

    /** What this node is to keep closed. */
    public List<LostCopy> on(String node) {
        return copies().stream().filter(each -> each.node().equals(node)).toList();
    }

    /** Whether this export, if it is of a copy, feeds one that was given up before it was whole: without it that would be worth nothing. */
    public boolean holds(ExportSpec export) {
        return !export.onlyRetained() && copies().stream().anyMatch(each -> export.epoch() <= each.epoch());
    }

    /** The order is over. */
    public VolumeRecovery refused(String why) {
        return new VolumeRecovery(null, null, null, null, why, done, lost);
    }

    public VolumeRecovery discarded() {
        return new VolumeRecovery(giveUp, use, by, null, null, done, lost);
    }

    public VolumeRecovery done(List<GivenUp> history) {
        return new VolumeRecovery(null, null, null, null, null, history, lost);
    }

    public VolumeRecovery with(List<LostCopy> copies) {
        return new VolumeRecovery(giveUp, use, by, discard, refused, done, copies.isEmpty() ? null : copies);
    }
}
