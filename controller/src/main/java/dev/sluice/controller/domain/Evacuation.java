package dev.sluice.controller.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How far a node is emptied, for its condition.
 *
 * @param done nothing is left, so that the node can be switched off
 */
public record Evacuation(boolean done, String reason, String message) {
    private static final int NAMED = 10;
    private static final int SECONDS_A_MINUTE = 60;

    /** Until the first look. */
    public static Evacuation begun() {
        return new Evacuation(false, "Moving", "what is on the node is being looked at");
    }

    /**
     * @param bytesPerSecond at which everything that is on its way arrives together
     * @param confirmed nothing can have been placed here since by someone who did not know of the evacuation yet
     */
    static Evacuation of(NodeView node, List<Leftover> left, long bytesPerSecond, boolean confirmed) {
        if (left.isEmpty()) {
            return confirmed
                    ? new Evacuation(true, "Empty", "no volume, no snapshot, and nothing that another node still reads")
                    : new Evacuation(false, "Confirming", "nothing is left; looking again in some seconds");
        }
        return new Evacuation(false, reason(node, left), message(node, left, bytesPerSecond));
    }

    private static String reason(NodeView node, List<Leftover> left) {
        if (!node.alive()) {
            return "NodeAway";
        }
        if (left.stream().anyMatch(each -> each.kind().passing())) {
            return "Moving";
        }
        return left.stream().anyMatch(each -> each.kind() == Leftover.Kind.FULL) ? "NoRoom" : "Holding";
    }

    private static String message(NodeView node, List<Leftover> left, long bytesPerSecond) {
        long bytes = left.stream().mapToLong(Leftover::bytes).sum();
        boolean passing = left.stream().allMatch(each -> each.kind().passing());
        List<String> parts = new ArrayList<>();
        parts.add(left.size() + " left with " + bytes + " bytes"
                + (node.alive() && passing && bytesPerSecond > 0 ? ", about " + time(bytes / bytesPerSecond) : ""));
        if (!node.alive()) {
            parts.add("the node is away, so nothing can leave it");
        }
        for (Leftover.Kind kind : Leftover.Kind.values()) {
            List<String> texts = left.stream()
                    .filter(each -> each.kind() == kind)
                    .map(Leftover::text)
                    .toList();
            if (!texts.isEmpty()) {
                parts.add(kind.title() + ": " + shortened(texts));
            }
        }
        return String.join("; ", parts);
    }

    private static String shortened(List<String> texts) {
        String named = String.join(", ", texts.subList(0, Math.min(NAMED, texts.size())));
        return texts.size() <= NAMED ? named : named + " and " + (texts.size() - NAMED) + " more";
    }

    private static String time(long seconds) {
        return seconds < SECONDS_A_MINUTE
                ? "a minute"
                : String.format(Locale.ROOT, "%d minutes", seconds / SECONDS_A_MINUTE + 1);
    }
}
