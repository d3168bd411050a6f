package dev.sluice.node.api;

import dev.sluice.api.CopyTurn;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Export;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.ServedPhase;
import dev.sluice.error.SluiceException;
import dev.sluice.node.budget.BudgetBoard;
import dev.sluice.node.budget.OutShares;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells each node that copies from this one how much of this node's budget it may have, in the status of the Export. This node alone sees
 * what all of them read.
 */
final class OutBudget {
    private static final Logger log = LoggerFactory.getLogger(OutBudget.class);

    private final NodeClusterAccess cluster;
    private final BudgetBoard limits;
    private final Function<String, OptionalLong> bytesServed;
    private final Clock clock;
    private final OutShares shares = new OutShares();
    private final Map<String, Served> exports = new HashMap<>();
    // Whoever writes the status of an export writes what was told last.
    private final ReentrantLock lock = new ReentrantLock();

    /** @param told null for no limit */
    private record Served(
            ExportSpec spec,
            boolean ready,
            String source,
            @Nullable Long told) {
        Served telling(@Nullable Long limit) {
            return new Served(spec, ready, source, limit);
        }
    }

    /** @param bytesServed of an export by its name; empty when it is not served */
    OutBudget(NodeClusterAccess cluster, BudgetBoard limits, Function<String, OptionalLong> bytesServed, Clock clock) {
        this.cluster = cluster;
        this.limits = limits;
        this.bytesServed = bytesServed;
        this.clock = clock;
    }

    /** Takes note of an export as it is ordered. */
    void learn(Export export) {
        ExportSpec spec = export.getSpec();
        locked(() -> {
            String name = export.getMetadata().getName();
            Served known = exports.get(name);
            ExportStatus status = export.getStatus();
            Long told = known != null ? known.told() : status == null ? null : status.allowedBytesPerSecond();
            boolean ready = status != null && status.phase() == ServedPhase.READY || known != null && known.ready();
            exports.put(name, new Served(spec, ready, known == null ? spec.source() : known.source(), told));
        });
    }

    void forget(String export) {
        locked(() -> exports.remove(export));
    }

    /** Writes a status with what the client may have. */
    void write(Export export, ExportStatus status) {
        locked(() -> {
            String name = export.getMetadata().getName();
            Served served = exports.get(name);
            ExportStatus whole = served == null ? status : status.allowing(served.told());
            if (!whole.equals(export.getStatus())) {
                cluster.patchStatus(name, whole);
            }
            if (served != null) {
                boolean ready = status.phase() == ServedPhase.READY;
                exports.put(name, new Served(served.spec(), ready, served.source(), served.told()));
            }
        });
    }

    /** Divides the budget anew, and tells who has another share now. */
    void look() {
        locked(() -> {
            boolean limited = limits.out() != null || limits.outPerSource() != null;
            if (!limited && exports.values().stream().allMatch(served -> served.told() == null)) {
                return;
            }
            Map<String, OutShares.Served> active = new HashMap<>();
            Map<String, Long> told = new HashMap<>();
            Map.copyOf(exports).forEach((name, served) -> {
                if (isRead(served)) {
                    bytesServed
                            .apply(name)
                            .ifPresent(bytes -> active.put(
                                    name,
                                    new OutShares.Served(
                                            source(name, served), served.spec().turn(), bytes)));
                }
                if (served.told() != null) {
                    told.put(name, served.told());
                }
            });
            Map<String, Long> now = shares.divide(clock.instant(), limits.out(), limits.outPerSource(), active, told);
            Map.copyOf(exports).forEach((name, served) -> {
                if (served.ready() && (active.containsKey(name) || !limited)) {
                    tell(name, served, now.get(name));
                }
            });
        });
    }

    private static boolean isRead(Served served) {
        ExportSpec spec = served.spec();
        CopyTurn turn = spec.turn();
        return served.ready()
                && spec.state() == DesiredState.PRESENT
                && !spec.onlyRetained()
                && (turn == null || turn.before() == null);
    }

    /** The volume that a snapshot is of: each clone has a snapshot of its own. */
    private String source(String name, Served served) {
        boolean isKnown = served.spec().sourceIsVolume()
                || !served.source().equals(served.spec().source());
        if (limits.outPerSource() == null || isKnown) {
            return served.source();
        }
        String volume = cluster.findSnapshot(served.spec().source())
                .map(snapshot -> snapshot.getSpec().sourceVolume())
                .orElse(served.source());
        exports.computeIfPresent(name, (key, known) -> new Served(known.spec(), known.ready(), volume, known.told()));
        return volume;
    }

    private void tell(String name, Served served, @Nullable Long limit) {
        if (Objects.equals(limit, served.told())) {
            return;
        }
        try {
            cluster.patchAllowed(name, limit);
            exports.computeIfPresent(name, (key, known) -> known.telling(limit));
        } catch (SluiceException e) {
            log.info("export {} could not be told its share, it is tried again: {}", name, e.getMessage());
        }
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }
}
