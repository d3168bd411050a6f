package dev.sluice.controller.fake;

import dev.sluice.api.AttachmentStatus;
import dev.sluice.controller.domain.Moves;
import dev.sluice.controller.domain.NodeFitness;
import dev.sluice.controller.domain.placement.PlacementCluster;
import dev.sluice.controller.domain.placement.PodRegistry;
import dev.sluice.controller.domain.placement.PodShape;
import dev.sluice.controller.domain.placement.StrandedPod;
import dev.sluice.controller.domain.placement.StrandedVolume;
import dev.sluice.controller.domain.placement.Worker;
import dev.sluice.names.Names;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Kubernetes' part in where pods go: nodes, a scheduler, and what makes a pod's successor. Every pod uses the one volume. */
public final class FakePlacement implements PlacementCluster, PodRegistry {
    /** Asks the webhook; left out, pods are scheduled as they are. */
    @FunctionalInterface
    public interface Admission {
        Map<String, Object> affinity(PodShape pod);
    }

    private record Told(String pod, String volume, String node, Instant at) {}

    /** What pods prefer, before the webhook does; their owner may also bind them to a node. */
    public @Nullable String favourite;

    public final Set<String> cordoned = new HashSet<>();
    public final Set<String> notReady = new HashSet<>();
    public boolean budgetForbids;
    public Admission admission = PodShape::affinity;
    /** All that was told, in order. */
    public final List<String> messages = new ArrayList<>();

    private final FakeRegistry registry;
    private final Moves moves;
    private final TestClock clock;
    private final String volume;
    private final Map<String, Map<String, String>> labels = new TreeMap<>();
    private final Map<String, StrandedPod> pods = new TreeMap<>();
    private final Map<String, Told> events = new HashMap<>();
    private int made;

    public FakePlacement(FakeRegistry registry, Moves moves, TestClock clock, String volume) {
        this.registry = registry;
        this.moves = moves;
        this.clock = clock;
        this.volume = volume;
    }

    public void addWorker(String name) {
        labels.put(name, new HashMap<>(Map.of(Names.TOPOLOGY_NODE, name)));
    }

    /** Creates a pod as its controller does; it stays without a node when none is allowed. */
    public String run(String name, @Nullable String controller, Map<String, String> nodeSelector) {
        PodShape plain = new PodShape("default", null, nodeSelector, List.of("data"), Map.of(), Map.of());
        Map<String, Object> affinity = admission.affinity(plain);
        PodShape asked = new PodShape("default", null, nodeSelector, plain.claims(), affinity, Map.of());
        String node = choose(asked);
        String uid = name + "-" + made++;
        pods.put(
                uid,
                new StrandedPod(
                        name,
                        uid,
                        clock.instant(),
                        controller,
                        new PodShape("default", node, nodeSelector, plain.claims(), affinity, Map.of())));
        if (node != null) {
            registry.attach(volume, node, true);
        }
        return uid;
    }

    private @Nullable String choose(PodShape pod) {
        List<String> allowed = labels.keySet().stream()
                .filter(name -> !cordoned.contains(name) && !notReady.contains(name))
                .filter(name -> pod.allows(worker(name)))
                .toList();
        return favourite != null && allowed.contains(favourite)
                ? favourite
                : allowed.stream().findFirst().orElse(null);
    }

    /** Where the pods are now. */
    public List<String> places() {
        return pods.values().stream()
                .map(pod -> Objects.requireNonNullElse(pod.shape().node(), "nowhere"))
                .toList();
    }

    private Worker worker(String name) {
        return new Worker(
                name,
                Map.copyOf(Objects.requireNonNull(labels.get(name))),
                !notReady.contains(name),
                !cordoned.contains(name));
    }

    @Override
    public List<StrandedVolume> findStranded() {
        List<StrandedVolume> stranded = new ArrayList<>();
        for (String node : registry.attachments(volume)) {
            AttachmentStatus answer = moves.answer(volume, node);
            if (NodeFitness.isReason(answer.reason())) {
                stranded.add(new StrandedVolume(
                        volume,
                        node,
                        Objects.requireNonNull(answer.reason()),
                        Objects.requireNonNull(answer.message())));
            }
        }
        return stranded;
    }

    @Override
    public Optional<Worker> findWorker(String name) {
        return labels.containsKey(name) ? Optional.of(worker(name)) : Optional.empty();
    }

    @Override
    public Map<String, String> findMarks() {
        Map<String, String> marks = new TreeMap<>();
        labels.forEach((name, all) -> {
            String mark = all.get(Names.LABEL_UNFIT);
            if (mark != null) {
                marks.put(name, mark);
            }
        });
        return marks;
    }

    @Override
    public void mark(String node, String reason) {
        registry.countWrite();
        Objects.requireNonNull(labels.get(node)).put(Names.LABEL_UNFIT, reason);
    }

    @Override
    public void removeMark(String node) {
        registry.countWrite();
        Objects.requireNonNull(labels.get(node)).remove(Names.LABEL_UNFIT);
    }

    @Override
    public List<StrandedPod> findWaiting(String wanted, String node) {
        return pods.values().stream()
                .filter(pod -> wanted.equals(volume) && node.equals(pod.shape().node()))
                .toList();
    }

    @Override
    public Optional<Instant> findRescue(StrandedVolume stranded, String namespace) {
        return events.values().stream()
                .filter(told ->
                        told.volume().equals(stranded.volume()) && told.node().equals(stranded.node()))
                .map(Told::at)
                .min(Instant::compareTo);
    }

    @Override
    public void tellRescue(StrandedVolume stranded, StrandedPod pod, String message) {
        registry.countWrite();
        Told told = new Told(pod.uid(), stranded.volume(), stranded.node(), clock.instant());
        if (events.putIfAbsent(pod.uid(), told) == null) {
            messages.add(message);
        }
    }

    @Override
    public boolean evict(StrandedPod pod) {
        if (budgetForbids) {
            return false;
        }
        registry.countWrite();
        pods.remove(pod.uid());
        String node = Objects.requireNonNull(pod.shape().node());
        if (findWaiting(volume, node).isEmpty()) {
            registry.attach(volume, node, false);
        }
        if (pod.controller() != null) {
            run(pod.name(), pod.controller(), pod.shape().nodeSelector());
        }
        return true;
    }
}
