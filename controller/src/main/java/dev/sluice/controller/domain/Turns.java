package dev.sluice.controller.domain;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.CopyTurn;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells copies in which order they go, where that matters: when only so many may go at a time, or a node divides what it gives. */
public final class Turns {
    private static final Logger log = LoggerFactory.getLogger(Turns.class);

    private final Registry registry;
    private final int most;

    /** Whether turns may be there that somebody was told: by this controller, or by one before it that had other limits. */
    private boolean told = true;

    /** @param most copies that may be under way at a time in the cluster; 0 for any number */
    public Turns(Registry registry, int most) {
        this.registry = registry;
        this.most = most;
    }

    /** One look, and a write for each copy whose turn is another now. */
    public void look() {
        Set<String> limited = registry.nodes().limited();
        boolean unlimited = most == 0 && limited.isEmpty();
        if (unlimited && !told) {
            return;
        }
        List<Stored<ExportSpec, ExportStatus>> exports = registry.exports().findAll();
        told = !unlimited || exports.stream().anyMatch(Turns::waits);
        if (!told) {
            return;
        }
        TurnPlan.of(view(exports, limited), most).forEach(this::write);
    }

    private static boolean waits(Stored<ExportSpec, ExportStatus> export) {
        CopyTurn turn = export.spec().turn();
        return turn != null && turn.before() != null;
    }

    private TurnPlan.View view(List<Stored<ExportSpec, ExportStatus>> exports, Set<String> limited) {
        List<NodeView> nodes = registry.nodes().findAll();
        Map<String, CloneHydrationStatus> hydrations = registry.hydrations().findAll().stream()
                .filter(each -> each.status() != null)
                .collect(Collectors.toMap(
                        each -> each.spec().volume(),
                        each -> Objects.requireNonNull(each.status()),
                        (one, other) -> one.epoch() < other.epoch() ? other : one));
        return new TurnPlan.View(
                exports,
                registry.volumes().findAll().stream().collect(Collectors.toMap(Stored::key, each -> each)),
                hydrations,
                registry.nodes().attachments(),
                names(nodes, NodeView::evacuating),
                names(nodes, node -> !node.alive()),
                limited);
    }

    private static Set<String> names(List<NodeView> nodes, Predicate<NodeView> which) {
        return nodes.stream().filter(which).map(NodeView::name).collect(Collectors.toUnmodifiableSet());
    }

    private void write(TurnPlan.Change change) {
        try {
            registry.exports().replace(change.export(), change.export().spec().withTurn(change.turn()));
        } catch (SluiceException e) {
            if (e.kind() != ErrorKind.BUSY) {
                throw e;
            }
            log.debug(
                    "{} was changed meanwhile and is looked at again",
                    change.export().key());
        }
    }
}
