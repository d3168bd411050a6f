package dev.sluice.node.budget;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The limits of this node's copies, as the cluster has them now. */
public final class BudgetBoard {
    private final String node;
    private final Map<String, CopyTerms> terms = new ConcurrentHashMap<>();
    private final Set<String> emptied = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Long in;
    private volatile @Nullable Long out;
    private volatile @Nullable Long outPerSource;

    public BudgetBoard(String node) {
        this.node = node;
    }

    public String node() {
        return node;
    }

    /** Bytes a second that all copies to this node may have together; null for no limit. */
    public @Nullable Long in() {
        return in;
    }

    /** Bytes a second that this node gives to all others together; null for no limit. */
    public @Nullable Long out() {
        return out;
    }

    /** Bytes a second that this node gives of one volume and its snapshots; null for no limit. */
    public @Nullable Long outPerSource() {
        return outPerSource;
    }

    public void limit(@Nullable Long newIn, @Nullable Long newOut, @Nullable Long newOutPerSource) {
        in = valid(newIn);
        out = valid(newOut);
        outPerSource = valid(newOutPerSource);
    }

    private static @Nullable Long valid(@Nullable Long limit) {
        return limit == null ? null : (Long) Math.max(0, limit);
    }

    /** Whether a node is being emptied, so that what is read from it is waited for. */
    public void emptied(String other, boolean isEmptied) {
        if (isEmptied) {
            emptied.add(other);
        } else {
            emptied.remove(other);
        }
    }

    public boolean isEmptied(@Nullable String other) {
        return other != null && emptied.contains(other);
    }

    public void put(String export, CopyTerms newTerms) {
        terms.put(export, newTerms);
    }

    public void remove(String export) {
        terms.remove(export);
    }

    public CopyTerms terms(String export) {
        return terms.getOrDefault(export, CopyTerms.NONE);
    }
}
