package dev.sluice.controller.domain;

import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Empties nodes, one look after the other. Only the leading replica does, so what is counted here is counted once; what it remembers is no
 * more than since when it has seen something, and is seen anew after a restart.
 */
public final class Evacuations {
    /** Volumes and snapshots on their way from one node at a time. */
    public static final int MOVES_AT_ONCE = 8;

    // The pod of a volume that has just been left may be on its way to another node: the volume should go where that
    // goes.
    static final Duration IDLE = Duration.ofSeconds(15);
    // As long as a call that has chosen the node may take to write so, if it chose before the evacuation could be seen.
    static final Duration CONFIRMED = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(Evacuations.class);

    private final Registry registry;
    private final Families families;
    private final SnapshotOperations snapshots;
    private final ClaimSets sets;
    private final int membersAtOnce;
    private final Clock clock;
    private final Map<String, Watch> watches = new HashMap<>();

    /** @param membersAtOnce members of one StatefulSet that an evacuation may have unhydrated at a time */
    public Evacuations(Registry registry, Operations operations, ClaimSets sets, int membersAtOnce, Clock clock) {
        this.registry = registry;
        this.families = operations.families();
        this.snapshots = operations.snapshots();
        this.sets = sets;
        this.membersAtOnce = membersAtOnce;
        this.clock = clock;
    }

    /**
     * What was seen of one node.
     *
     * @param since when this evacuation was first looked at
     * @param idle volumes that no pod uses, and since when
     */
    private record Watch(Instant since, Map<String, Instant> idle) {}

    /** One step: begins the moves that may begin now, and says what is left. The node must be seen as evacuated by all others already. */
    public synchronized Evacuation advance(String node) {
        Instant now = clock.instant();
        Watch watch = watches.computeIfAbsent(node, name -> new Watch(now, new HashMap<>()));
        EvacuationView view = look(node, watch, now);
        EvacuationPlan.Result plan = EvacuationPlan.of(view, MOVES_AT_ONCE, membersAtOnce);
        plan.moves().forEach(this::begin);
        plan.snapshots().forEach(this::begin);
        boolean confirmed = !watch.since().plus(CONFIRMED).isAfter(now);
        return Evacuation.of(view.node(), plan.left(), plan.bytesPerSecond(), confirmed);
    }

    /** The node is not evacuated any more. Moves that its volumes have not agreed to are taken back by their own plans. */
    public synchronized void end(String node) {
        watches.remove(node);
    }

    private EvacuationView look(String node, Watch watch, Instant now) {
        List<NodeView> nodes = registry.nodes().findAll();
        NodeView own = nodes.stream()
                .filter(each -> each.name().equals(node))
                .findFirst()
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.NOT_FOUND, "the StorageNode " + node + " was deleted; there is nothing to evacuate"));
        // Volumes before what feeds them: a home that changes meanwhile is seen at one of the two.
        List<Stored<VolumeSpec, VolumeStatus>> volumes = registry.volumes().findAll();
        Map<String, List<String>> attachments = registry.nodes().attachments();
        return new EvacuationView(
                own,
                nodes,
                volumes,
                registry.snapshots().findAll(),
                registry.exports().findAll(),
                registry.hydrations().findAll(),
                attachments,
                idle(node, volumes, attachments, watch, now),
                sets.findAll());
    }

    private static Set<String> idle(
            String node,
            List<Stored<VolumeSpec, VolumeStatus>> volumes,
            Map<String, List<String>> attachments,
            Watch watch,
            Instant now) {
        Set<String> unused = volumes.stream()
                .filter(each -> each.spec().home().equals(node))
                .map(Stored::key)
                .filter(each -> attachments.getOrDefault(each, List.of()).isEmpty())
                .collect(Collectors.toUnmodifiableSet());
        watch.idle().keySet().retainAll(unused);
        unused.forEach(each -> watch.idle().putIfAbsent(each, now));
        return watch.idle().entrySet().stream()
                .filter(each -> !each.getValue().plus(IDLE).isAfter(now))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    private void begin(Step.SetTarget move) {
        String id = move.volume().key();
        unlessOvertaken(id, () -> {
            registry.volumes().replace(move.volume(), move.volume().spec().withTarget(move.node()));
            log.info(
                    "volume {} leaves node {} for {}: the node is evacuated",
                    id,
                    move.volume().spec().home(),
                    move.node());
            families.advance(id);
        });
    }

    private void begin(Step.SetSnapshotTarget move) {
        String id = move.snapshot().key();
        unlessOvertaken(id, () -> {
            registry.snapshots().replace(move.snapshot(), move.snapshot().spec().withTarget(move.node()));
            log.info(
                    "snapshot {} is copied from node {} to {}: the node is evacuated",
                    id,
                    move.snapshot().spec().node(),
                    move.node());
            snapshots.advance(id);
        });
    }

    private static void unlessOvertaken(String id, Runnable write) {
        try {
            write.run();
        } catch (SluiceException e) {
            if (e.kind() != ErrorKind.BUSY) {
                throw e;
            }
            log.debug("{} was changed meanwhile and is looked at again: {}", id, e.getMessage());
        }
    }
}
