package dev.sluice.node.budget;

import dev.sluice.api.CopyTurn;
import dev.sluice.api.Urgency;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a node gives of its budget to each that reads from it, by what was seen to be read. */
public final class OutShares {
    /** One that takes so much of what it has is held back: what it is counted by comes in bursts. */
    private static final double HELD_BACK = 0.7;
    /** Steps of a power of two. Each change is written, so that smaller ones are not worth it; always down, for the sum's sake. */
    private static final int STEPS = 32;
    /** More than so much higher is told. Lower is told at once. */
    private static final double WORTH = 1.1;

    /** Nobody is thought to wait longer for what it read before its time. */
    private static final int LONGEST_AHEAD_SECONDS = 30;

    private final Map<String, Reader> readers = new HashMap<>();

    /**
     * One that reads.
     *
     * @param source what it reads; several may read one
     * @param turn null when nothing was decided about it
     * @param bytesRead so far
     */
    public record Served(String source, @Nullable CopyTurn turn, long bytesRead) {}

    private static final class Reader {
        private final Appetite appetite = new Appetite();
        private @Nullable Instant last;
        private long bytes;
        /** What it read before its time. It reads nothing until that has come, and wants as much as ever. */
        private double ahead;

        void seen(Instant now, long total, @Nullable Long allowed) {
            boolean held = false;
            if (allowed == null || last == null) {
                ahead = 0;
            } else {
                double due = allowed * (Duration.between(last, now).toNanos() / 1e9);
                ahead = Math.clamp(ahead + total - bytes - due, 0, (double) allowed * LONGEST_AHEAD_SECONDS);
                held = ahead > 0 || due > 0 && total - bytes >= HELD_BACK * due;
            }
            appetite.seen(now, total, held);
            last = now;
            bytes = total;
        }
    }

    /**
     * What each may have now, by its name; absent for no limit.
     *
     * @param out of all together; null for no limit
     * @param perSource of each source; null for no limit
     * @param told what each was told before
     */
    public Map<String, Long> divide(
            Instant now,
            @Nullable Long out,
            @Nullable Long perSource,
            Map<String, Served> served,
            Map<String, Long> told) {
        readers.keySet().retainAll(served.keySet());
        served.forEach((name, each) ->
                readers.computeIfAbsent(name, key -> new Reader()).seen(now, each.bytesRead(), told.get(name)));
        if (out == null && perSource == null) {
            return Map.of();
        }
        Map<String, Long> shares = new HashMap<>();
        if (perSource != null) {
            bySource(served).forEach(names -> shares.putAll(Shares.divide(perSource, claims(names, served, Map.of()))));
        }
        if (out != null) {
            shares.putAll(Shares.divide(out, claims(served.keySet(), served, Map.copyOf(shares))));
        }
        shares.replaceAll((name, share) -> worthTelling(share, told.get(name)));
        return Map.copyOf(shares);
    }

    private static Collection<List<String>> bySource(Map<String, Served> served) {
        return served.keySet().stream()
                .collect(Collectors.groupingBy(
                        name -> Objects.requireNonNull(served.get(name)).source()))
                .values();
    }

    private List<Claim> claims(Collection<String> names, Map<String, Served> served, Map<String, Long> most) {
        List<Claim> claims = new ArrayList<>();
        for (String name : names) {
            CopyTurn turn = Objects.requireNonNull(served.get(name)).turn();
            Long limit = most.get(name);
            claims.add(new Claim(
                    name,
                    turn == null ? 0 : turn.priority(),
                    turn == null ? Urgency.IDLE : turn.urgency(),
                    Objects.requireNonNull(readers.get(name)).appetite.wanted(),
                    limit == null ? Double.POSITIVE_INFINITY : limit,
                    0));
        }
        return claims;
    }

    private static long worthTelling(long share, @Nullable Long told) {
        long step = Math.max(1, Long.highestOneBit(Math.max(1, share)) / STEPS);
        long rounded = Math.max(1, share / step * step);
        return told != null && told <= share && rounded < told * WORTH ? told : rounded;
    }
}
