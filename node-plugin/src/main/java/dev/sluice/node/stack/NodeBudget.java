package dev.sluice.node.stack;

import dev.sluice.node.budget.BudgetBoard;
import dev.sluice.node.budget.Claim;
import dev.sluice.node.budget.CopyTerms;
import dev.sluice.node.budget.Shares;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What all hydrations of this node may copy together. Each is held to its share, and all are held to the whole, so that a share that was
 * thought too small or too large costs only fairness.
 */
final class NodeBudget {
    private final BudgetBoard board;
    private final CopyBudget whole = new CopyBudget();
    private Map<String, Long> shares = Map.of();
    private @Nullable Long limit;
    private long copied;

    NodeBudget(BudgetBoard board) {
        this.board = board;
    }

    /** Divides it anew, by the limit as it is now. Without one, nobody is asked what it claims. */
    synchronized void divide(Supplier<List<Claim>> claims) {
        limit = board.in();
        shares = limit == null ? Map.of() : Shares.divide(limit, claims.get());
    }

    /** Bytes a second; null when there is no limit. Who was not there when it was divided has a part until it is divided again. */
    synchronized @Nullable Long share(String id) {
        return limit == null ? null : shares.getOrDefault(id, limit / (shares.size() + 1));
    }

    synchronized void copied(long bytes) {
        copied += bytes;
    }

    synchronized boolean allows(Instant now) {
        return whole.allows(limit, now, copied);
    }

    /** When it is next to be looked at for whoever was refused. */
    synchronized Instant next(Instant now) {
        return whole.next(now);
    }

    BudgetBoard board() {
        return board;
    }

    CopyTerms terms(String export) {
        return board.terms(export);
    }
}
