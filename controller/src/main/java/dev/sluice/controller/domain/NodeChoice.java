package dev.sluice.controller.domain;

import dev.sluice.api.PoolStatus;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which node a new volume lives on. Pure: the same nodes and the same request give the same answer. */
public final class NodeChoice {
    /** Kept free in each pool, so that a volume that was just placed does not fill it to the brim. */
    private static final long RESERVE_PERCENT = 2;

    private NodeChoice() {}

    /** The node and the pool on it. */
    public record Home(String node, String pool) {}

    /** Bytes that a new volume may have here; 0 on a node that may hold none. */
    public static long roomFor(NodeView node, @Nullable String pool) {
        if (node.unfit().isPresent()) {
            return 0;
        }
        return room(node, pool);
    }

    /** The same on any node, fit or not; 0 without such a pool. */
    public static long room(NodeView node, @Nullable String pool) {
        return node.pool(pool).map(NodeChoice::room).orElse(0L);
    }

    /** @param sizeBytes of the volume, which a request may leave to its source */
    static Home choose(VolumeRequest request, List<NodeView> nodes, long sizeBytes, @Nullable Source source) {
        Topology topology = request.topology();
        String pool = request.pool();
        rejectUnknownPool(nodes, pool);
        List<NodeView> fit = new ArrayList<>();
        List<String> refusals = new ArrayList<>();
        for (NodeView node : nodes) {
            if (!topology.allows(node)) {
                continue;
            }
            unfit(node, request)
                    .or(() -> refusal(node, wantedPool(node, pool, source), sizeBytes, source))
                    .ifPresentOrElse(why -> refusals.add(node.name() + " " + why), () -> fit.add(node));
        }
        NodeView best = best(topology, fit, pool, source)
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.NO_SPACE,
                        "no node can take a volume of " + sizeBytes + " bytes: "
                                + (refusals.isEmpty()
                                        ? "none of the storage nodes is where the volume must be"
                                        : String.join("; ", refusals))));
        return new Home(
                best.name(),
                best.pool(wantedPool(best, pool, source)).orElseThrow().name());
    }

    private static Optional<String> unfit(NodeView node, VolumeRequest request) {
        Optional<String> unfit = node.unfit();
        return request.encryption() == null ? unfit : unfit.or(node::unfitToEncrypt);
    }

    private static void rejectUnknownPool(List<NodeView> nodes, @Nullable String pool) {
        if (nodes.isEmpty()) {
            throw new SluiceException(ErrorKind.UNAVAILABLE, "no storage node has reported yet; retry");
        }
        if (pool == null || nodes.stream().anyMatch(node -> node.pool(pool).isPresent())) {
            return;
        }
        List<String> known = nodes.stream()
                .flatMap(node -> node.pools().stream())
                .map(PoolStatus::name)
                .distinct()
                .sorted()
                .toList();
        throw new SluiceException(
                ErrorKind.INVALID, "no node has a pool called " + pool + "; there are " + String.join(", ", known));
    }

    private static @Nullable String wantedPool(NodeView node, @Nullable String pool, @Nullable Source source) {
        if (pool != null || source == null) {
            return pool;
        }
        return node.pool(source.pool()).isPresent() ? source.pool() : null;
    }

    private static Optional<String> refusal(
            NodeView node, @Nullable String pool, long sizeBytes, @Nullable Source source) {
        Optional<PoolStatus> found = node.pool(pool);
        if (found.isEmpty()) {
            return Optional.of("has no pool " + (pool == null ? "at all" : pool));
        }
        // What is still to come to the source has to come to a clone beside it too.
        if (source != null && source.node().equals(node.name()) && source.feed() == null) {
            return sharingRefusal(found.get(), source, sizeBytes);
        }
        if (source != null && !node.canHydrate()) {
            return Optional.of("cannot hydrate a clone (no engine in its kernel)");
        }
        long room = room(found.get());
        return room < sizeBytes ? Optional.of("has " + room + " bytes free") : Optional.empty();
    }

    // A clone beside its source shares blocks; only what it is larger by may be needed at once.
    private static Optional<String> sharingRefusal(PoolStatus pool, Source source, long sizeBytes) {
        if (!pool.name().equals(source.pool())) {
            return Optional.of("has the source in pool " + source.pool() + ", and a clone there must stay in it");
        }
        long room = room(pool);
        return room < sizeBytes - source.sizeBytes() || room == 0
                ? Optional.of("has " + room + " bytes free")
                : Optional.empty();
    }

    private static Optional<NodeView> best(
            Topology topology, List<NodeView> fit, @Nullable String pool, @Nullable Source source) {
        for (var term : topology.preferred()) {
            Optional<NodeView> asked = mostRoom(
                    fit.stream().filter(node -> Topology.matches(term, node)).toList(), pool, source);
            if (asked.isPresent()) {
                return asked;
            }
        }
        return mostRoom(fit, pool, source);
    }

    private static Optional<NodeView> mostRoom(List<NodeView> fit, @Nullable String pool, @Nullable Source source) {
        return fit.stream()
                .min(Comparator.comparing((NodeView node) ->
                                source == null || !node.name().equals(source.node()))
                        .thenComparing(node -> roomFor(node, wantedPool(node, pool, source)), Comparator.reverseOrder())
                        .thenComparing(NodeView::name));
    }

    /** Bytes of a pool that may be given away. */
    public static long room(PoolStatus pool) {
        return Math.max(0, pool.freeBytes() - pool.sizeBytes() / 100 * RESERVE_PERCENT);
    }
}
