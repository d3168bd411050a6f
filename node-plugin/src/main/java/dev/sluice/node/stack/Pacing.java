package dev.sluice.node.stack;

import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Urgency;
import dev.sluice.names.Names;
import dev.sluice.node.budget.Appetite;
import dev.sluice.node.budget.Claim;
import dev.sluice.node.budget.CopyTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Holds one hydration to all its limits: its own, its share of this node's, and what the node that feeds it gives. */
final class Pacing {
    /** A limit that changes is seen so soon, however much there is to pay back. */
    private static final Duration LONGEST = Duration.ofMillis(500);

    private final String id;
    private final String export;
    private final NodeBudget node;
    private final LatencyBudget latency;
    private final CopyBudget budget = new CopyBudget();
    private final BurstTime burst = new BurstTime();
    private final Appetite appetite = new Appetite();
    private volatile CopyLimit limit = CopyLimit.NONE;
    private @Nullable Long counted;
    private Instant next = Instant.MIN;
    private Instant off = Instant.MAX;

    Pacing(String id, long epoch, NodeBudget node, LatencyBudget latency) {
        this.id = id;
        this.export = Names.export(id, epoch);
        this.node = node;
        this.latency = latency;
    }

    /** How many others copy before it; null when it may copy. */
    @Nullable Integer queued() {
        return node.terms(export).queued();
    }

    /** Puts together what holds until the next time. */
    void renew(HydrationSettings settings) {
        limit = given(settings).and(node.share(id), CopyLimit.IN, node.board().node());
    }

    /** Without its share of the node's budget. */
    private CopyLimit given(HydrationSettings settings) {
        CopyTerms terms = node.terms(export);
        return CopyLimit.NONE
                .and(settings.maxBytesPerSecond(), CopyLimit.OWN, null)
                .and(terms.allowedBytesPerSecond(), CopyLimit.OUT, terms.origin())
                .and(latency.limit(), latency.isAtFloor() ? CopyLimit.FLOOR : CopyLimit.LATENCY, null);
    }

    CopyLimit limit() {
        return limit;
    }

    /** What it asks of the node's budget. */
    Claim claim(HydrationSettings settings, boolean open) {
        CopyTerms terms = node.terms(export);
        Long given = given(settings).bytesPerSecond();
        Urgency idle = node.board().isEmptied(terms.origin()) ? Urgency.EVACUATION : Urgency.IDLE;
        return new Claim(
                id,
                settings.priority(),
                open ? Urgency.IN_USE : idle,
                appetite.wanted(),
                given == null ? Double.POSITIVE_INFINITY : given,
                Objects.requireNonNullElse(settings.minBytesPerSecond(), 0L));
    }

    /** From when on it is worth a look, between the looks at all: a limited one is off until it has paid back. */
    Instant next() {
        return enforced() == null ? Instant.MAX : next;
    }

    /** What the pod's latency leaves is kept by windows where copies come only in those. */
    private @Nullable Long enforced() {
        return latency.isHeld() && limit.isForLatency() ? null : limit.bytesPerSecond();
    }

    /** @param hydrated bytes that are local */
    boolean allows(Instant now, long hydrated) {
        Long most = enforced();
        node.copied(counted == null ? 0 : hydrated - counted);
        counted = hydrated;
        boolean own = budget.allows(most, now, hydrated) && (most == null || most > 0);
        boolean all = node.allows(now);
        boolean on = own && all;
        appetite.seen(now, hydrated, !on);
        next = on ? now : Times.least(Times.most(budget.next(now), node.next(now)), now.plus(LONGEST));
        burst.seen(now, on, most, hydrated);
        off = on && most != null && !limit.isForLatency() ? now.plus(burst.next()) : Instant.MAX;
        return on;
    }

    /**
     * When the engine, which is on, is to be looked at even before others are. Where a pod's latency is the limit there is none: each look takes
     * a moment of a processor that the pod may need.
     */
    Instant off() {
        return off;
    }

    /** What becomes local while nothing is to be copied is not charged. */
    void restart() {
        budget.restart();
        burst.restart();
        appetite.restart();
        counted = null;
        next = Instant.MIN;
        off = Instant.MAX;
    }

    boolean isHeldBack(Instant now) {
        return appetite.isHeldBack(now);
    }
}
