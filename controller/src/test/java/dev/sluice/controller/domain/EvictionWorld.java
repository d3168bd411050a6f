package dev.sluice.controller.domain;

import dev.sluice.api.CloneHydrationSpec;
import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.Placement;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A StatefulSet `db` in `apps` whose pods run, each with a volume on its node. */
final class EvictionWorld implements SetPods {
    static final String SET = "db";
    private static final List<String> NODES = List.of("n1", "n2", "n3", "n4");

    final EvacuationWorld cluster = new EvacuationWorld(NODES.toArray(String[]::new));
    final TreeMap<String, SetPod> pods = new TreeMap<>();
    int replicas;
    /** Called when a review has seen the pods. */
    Runnable afterPods = () -> {};

    /** A member for each node that is named. */
    static EvictionWorld on(String... nodes) {
        EvictionWorld world = new EvictionWorld();
        for (String node : nodes) {
            world.add(node, Placement.FOLLOW);
        }
        return world;
    }

    void add(String node, Placement placement) {
        int number = replicas++;
        String id = cluster.volume("data-" + pod(number), node, EvacuationWorld.GIB, placement);
        cluster.registry.attach(id, node, true);
        put(number, node, SetPod.Stage.RUNNING, true);
    }

    Evictions evictions(int atOnce) {
        return new Evictions(this, cluster.registry.asRegistry(), atOnce, cluster.clock);
    }

    static EvictionRequest of(int number) {
        return new EvictionRequest("apps", pod(number), null, false);
    }

    static String pod(int number) {
        return SET + "-" + number;
    }

    void put(int number, @Nullable String node, SetPod.Stage stage, boolean ready) {
        put(new SetPod("apps", pod(number), "uid-" + number, SET, node, stage, ready));
    }

    void put(SetPod pod) {
        pods.put(pod.name(), pod);
    }

    Stored<VolumeSpec, VolumeStatus> volume(int number) {
        return cluster.registry.volumes.findAll().stream()
                .filter(each ->
                        Objects.requireNonNull(each.spec().claim()).name().equals("data-" + pod(number)))
                .findFirst()
                .orElseThrow();
    }

    /** Its pod is deleted. */
    void delete(int number) {
        String node =
                Optional.ofNullable(pods.get(pod(number))).map(SetPod::node).orElse(null);
        put(number, node, SetPod.Stage.ENDING, false);
    }

    /** Its containers have ended, and the kubelet has unstaged the volume. */
    void end(int number) {
        SetPod pod = Objects.requireNonNull(pods.remove(pod(number)));
        if (pod.node() != null) {
            cluster.registry.attach(volume(number).key(), pod.node(), false);
            cluster.settle();
        }
    }

    /** Its kubelet stages the volume; it runs when that is there. */
    void start(int number, String node) {
        put(number, node, SetPod.Stage.STARTING, false);
        cluster.registry.attach(volume(number).key(), node, true);
        cluster.settle();
        runIfHome(number);
    }

    void runIfHome(int number) {
        SetPod pod = pods.get(pod(number));
        String node = pod == null ? null : pod.node();
        if (pod != null
                && pod.stage() == SetPod.Stage.STARTING
                && volume(number).spec().home().equals(node)
                && volume(number).spec().target() == null) {
            put(number, node, SetPod.Stage.RUNNING, true);
        }
    }

    /** All of a move but the hydration. */
    void move(int number, String node) {
        delete(number);
        end(number);
        start(number, node);
    }

    void hydrate(int number) {
        cluster.registry.nodes.hydrate(volume(number).key());
        cluster.settle();
    }

    long unhydrated() {
        return cluster.registry.volumes.findAll().stream()
                .filter(EvacuationView::isUnhydrated)
                .count();
    }

    /** What the home tells of a hydration. */
    void tell(int number, HydrationPhase phase, String reason, long remaining) {
        Stored<CloneHydrationSpec, CloneHydrationStatus> hydration = cluster.registry.hydrations.findAll().stream()
                .filter(each -> each.spec().volume().equals(volume(number).key()))
                .findFirst()
                .orElseThrow();
        long total = EvacuationWorld.GIB;
        cluster.registry.hydrations.report(
                hydration.key(),
                new CloneHydrationStatus(
                        phase,
                        volume(number).spec().epoch(),
                        null,
                        "dm-clone",
                        total,
                        total - remaining,
                        total - remaining,
                        0,
                        remaining,
                        null,
                        null,
                        null,
                        null,
                        null,
                        reason,
                        null,
                        null,
                        null));
    }

    @Override
    public Optional<SetPod> find(String namespace, String pod) {
        return Optional.ofNullable(pods.get(pod))
                .filter(each -> each.namespace().equals(namespace));
    }

    @Override
    public Optional<MemberSet> findSet(String namespace, String name) {
        if (!name.equals(SET)) {
            return Optional.empty();
        }
        ClaimSet claims = new ClaimSet("apps", SET, List.of("data"));
        List<SetPod> seen = new ArrayList<>(pods.values());
        afterPods.run();
        return Optional.of(new MemberSet(claims, 0, replicas, seen));
    }
}
