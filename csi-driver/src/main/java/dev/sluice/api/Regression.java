package dev.sluice.api;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An object that is older than the data: some node has a copy of the volume that the object does not know of yet. It was restored from a
 * backup, and whatever it orders may be wrong.
 *
 * @param node has the copy
 * @param copy what the object does not know
 */
public record Regression(String node, HeldVolume copy) {
    /** In a status or an answer. */
    public static final String REASON = "EpochRegression";

    /** @param inventories what nodes say that they have, by node */
    public static Optional<Regression> find(String id, VolumeSpec spec, Map<String, List<HeldVolume>> inventories) {
        return inventories.entrySet().stream()
                .flatMap(each -> each.getValue().stream()
                        .filter(copy -> copy.volume().equals(id) && isUnknown(each.getKey(), copy, spec))
                        .map(copy -> new Regression(each.getKey(), copy)))
                .max((one, other) -> Long.compare(one.copy.epoch(), other.copy.epoch()));
    }

    private static boolean isUnknown(String node, HeldVolume copy, VolumeSpec spec) {
        boolean atHome = node.equals(spec.home());
        if (node.equals(spec.target()) && copy.epoch() == spec.epoch() + 1 && copy.closedFor() == null) {
            // The end of the very move that the object is in.
            return false;
        }
        if (copy.epoch() > spec.epoch() || copy.epoch() == spec.epoch() && !atHome) {
            return true;
        }
        if (copy.closedFor() == null || copy.closedFor() <= spec.epoch()) {
            return false;
        }
        boolean leaving = atHome && spec.target() != null && copy.closedFor() == spec.epoch() + 1;
        return !leaving && !isGivenUp(node, copy, spec);
    }

    private static boolean isGivenUp(String node, HeldVolume copy, VolumeSpec spec) {
        return VolumeRecovery.of(spec).on(node).stream()
                .anyMatch(lost ->
                        lost.epoch() == copy.epoch() && Objects.equals(copy.closedFor(), (Long) lost.closedFor()));
    }

    /** What happened, and what to do. */
    public String explain(String id, VolumeSpec spec) {
        String told = copy.closedFor() == null
                ? "has a copy of epoch " + copy.epoch()
                : "gave its copy of epoch " + copy.epoch() + " up for epoch " + copy.closedFor();
        return "node " + node + " " + told + ", but the object of volume " + id + " says node " + spec.home()
                + " and epoch " + spec.epoch()
                + ": it is older than the data, as from a backup. Nothing is done with the"
                + " volume. Order which copy it goes on with (spec.recovery; docs/moves.md, \"When a copy is lost for ever\")";
    }
}
