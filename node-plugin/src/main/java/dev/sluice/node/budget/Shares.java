package dev.sluice.node.budget;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Divides a budget: higher priority first, within one priority by urgency, and in equal parts among those of the same rank, where what one
 * cannot use is the others'. A tenth is kept for equal parts among all, so that nobody stands still.
 */
public final class Shares {
    private static final int PART_FOR_ALL = 10;
    private static final int STEPS = 60;
    private static final Comparator<Claim> RANK =
            Comparator.comparing(Claim::priority).reversed().thenComparing(Claim::urgency);

    private final double budget;
    private final List<Claim> claims;
    private final Map<Claim, Double> given = new HashMap<>();

    private Shares(long budget, Collection<Claim> claims) {
        this.budget = budget;
        this.claims = List.copyOf(claims);
    }

    /**
     * Bytes a second for each claim, by its id. Together they are the budget, unless nobody may have that much: what nobody wants now is
     * given out too, so that who can do more than was seen is not held to that.
     */
    public static Map<String, Long> divide(long budget, Collection<Claim> claims) {
        return new Shares(budget, claims).divide();
    }

    private Map<String, Long> divide() {
        if (claims.isEmpty()) {
            return Map.of();
        }
        claims.forEach(claim -> given.put(claim, 0.0));
        double rest = floors();
        for (List<Claim> equals : ranks()) {
            rest = fill(equals, rest, Claim::wish);
        }
        fill(claims, rest, Claim::most);
        Map<String, Long> shares = new HashMap<>();
        given.forEach((claim, share) -> shares.put(claim.id(), (long) share.doubleValue()));
        return Map.copyOf(shares);
    }

    /** What is left when each has its least. */
    private double floors() {
        double equal = budget / PART_FOR_ALL / claims.size();
        double sum = claims.stream().mapToDouble(claim -> floor(claim, equal)).sum();
        double scale = sum > budget ? budget / sum : 1;
        claims.forEach(claim -> given.put(claim, floor(claim, equal) * scale));
        return Math.max(0, budget - sum);
    }

    private static double floor(Claim claim, double equal) {
        return Math.min(claim.wish(), Math.max(claim.least(), equal));
    }

    private List<List<Claim>> ranks() {
        List<List<Claim>> ranks = new ArrayList<>();
        for (Claim claim : claims.stream().sorted(RANK).toList()) {
            if (ranks.isEmpty() || RANK.compare(ranks.getLast().getLast(), claim) != 0) {
                ranks.add(new ArrayList<>());
            }
            ranks.getLast().add(claim);
        }
        return ranks;
    }

    /** Raises all to one level, each at most to its own limit, as high as what there is suffices; returns what is left. */
    private double fill(List<Claim> equals, double bytes, ToDoubleFunction<Claim> limit) {
        if (bytes <= 0) {
            return 0;
        }
        double low = 0;
        double high = budget;
        for (int step = 0; step < STEPS; step++) {
            double level = (low + high) / 2;
            if (needed(equals, level, limit) > bytes) {
                high = level;
            } else {
                low = level;
            }
        }
        double used = needed(equals, low, limit);
        double level = low;
        equals.forEach(claim -> given.merge(claim, missing(claim, level, limit), Double::sum));
        return Math.max(0, bytes - used);
    }

    private double needed(List<Claim> equals, double level, ToDoubleFunction<Claim> limit) {
        return equals.stream()
                .mapToDouble(claim -> missing(claim, level, limit))
                .sum();
    }

    private double missing(Claim claim, double level, ToDoubleFunction<Claim> limit) {
        return Math.max(0, Math.min(level, limit.applyAsDouble(claim)) - given.getOrDefault(claim, 0.0));
    }
}
